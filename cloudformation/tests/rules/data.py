"""The database and everything else that remembers something."""

from templates import only, value_in

STATEFUL = {"AWS::RDS::DBInstance", "AWS::SecretsManager::Secret", "AWS::ECR::Repository", "AWS::Logs::LogGroup"}


def storage_limits_are_in_order(stacks, files):
    database = only(stacks["data"], "AWS::RDS::DBInstance")
    for environment in [{}, *files.values()]:
        begin, end = (value_in(stacks["data"], database[key], environment) for key in ("AllocatedStorage", "MaxAllocatedStorage"))
        # RDS asks for at least a tenth of room to grow.
        if int(end) < 1.1 * int(begin):
            yield f"storage begins at {begin} GB and may grow to {end} GB"


def the_parameter_group_fits_the_engine(stacks, files):
    database = only(stacks["data"], "AWS::RDS::DBInstance")
    group = only(stacks["data"], "AWS::RDS::DBParameterGroup")
    for environment in [{}, *files.values()]:
        version = value_in(stacks["data"], database["EngineVersion"], environment)
        if group["Family"] != database["Engine"] + version.split(".")[0]:
            yield f"family {group['Family']} on {database['Engine']} {version}"
    if group["Parameters"].get("rds.force_ssl") != "1":
        yield "the database accepts connections without TLS"


def stateful_resources_survive_accidents(stacks, _files):
    for layer, template in stacks.items():
        for name, resource in template["Resources"].items():
            if resource["Type"] in STATEFUL:
                for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                    if policy not in resource:
                        yield f"{layer}: {name} has no {policy}"
                if resource.get("UpdateReplacePolicy") == "Delete":
                    yield f"{layer}: a replacement deletes {name}"


RULES = [
    storage_limits_are_in_order,
    the_parameter_group_fits_the_engine,
    stateful_resources_survive_accidents,
]
