"""The database and everything else that remembers something."""

from templates import as_list, imported, only, resources_of

STATEFUL = {"AWS::RDS::DBInstance", "AWS::SecretsManager::Secret", "AWS::ECR::Repository", "AWS::Logs::LogGroup", "AWS::S3::Bucket", "AWS::KMS::Key"}
# RDS gives gp3 storage of PostgreSQL 3000 IOPS, and takes other numbers from this size on only.
IOPS_FROM_GIB = 400


def storage_limits_are_in_order(stacks, _values):
    database = only(stacks["data"], "AWS::RDS::DBInstance")
    begin, end = int(database["AllocatedStorage"]), int(database["MaxAllocatedStorage"])
    # RDS asks for at least a tenth of room to grow.
    if end < 1.1 * begin:
        yield f"storage begins at {begin} GB and may grow to {end} GB"
    if {"Iops", "StorageThroughput"} & database.keys() and begin < IOPS_FROM_GIB:
        yield f"gp3 storage of {begin} GB has its IOPS set"


def the_parameter_group_fits_the_engine(stacks, _values):
    database = only(stacks["data"], "AWS::RDS::DBInstance")
    group = only(stacks["data"], "AWS::RDS::DBParameterGroup")
    if group["Family"] != database["Engine"] + database["EngineVersion"].split(".")[0]:
        yield f"family {group['Family']} on {database['Engine']} {database['EngineVersion']}"
    if group["Parameters"].get("rds.force_ssl") != "1":
        yield "the database accepts connections without TLS"


def the_database_has_one_password_and_one_origin(stacks, values):
    database = only(stacks["data"], "AWS::RDS::DBInstance")
    own = values["MasterSecret"] == "own"
    if own != ("MasterUserPassword" in database) or own == (database.get("ManageMasterUserPassword") is True):
        yield "the password is kept by nobody, or by two"
    if bool(resources_of(stacks["data"], "AWS::SecretsManager::SecretTargetAttachment")) != own:
        yield "the secret and the database do not know each other"
    # A snapshot has both already, and RDS refuses to be told.
    empty = values["RestoreFromSnapshot"] == ""
    for key in ("DBName", "MasterUsername"):
        if (key in database) != empty:
            yield f"{key} is {'missing' if empty else 'given with a snapshot'}"
    if ("DBSnapshotIdentifier" in database) == empty:
        yield "the snapshot is not used"


def the_database_is_watched(stacks, values):
    database = only(stacks["data"], "AWS::RDS::DBInstance")
    if ("MonitoringRoleArn" in database) != (str(values["MonitoringInterval"]) != "0"):
        yield "enhanced monitoring needs a role, and no role without it"
    if set(database.get("EnableCloudwatchLogsExports", [])) != {"postgresql", "upgrade"}:
        yield "the logs of the database stay in it"
    events = only(stacks["data"], "AWS::RDS::EventSubscription")
    if imported(events["SnsTopicArn"]) != "AlertTopicArn" or events["SourceIds"] != [{"Ref": "Database"}]:
        yield "events of the database are told to nobody"
    for category in ("failover", "failure", "low storage", "deletion"):
        if category not in events["EventCategories"]:
            yield f"nobody hears of {category}"


def stateful_resources_survive_accidents(stacks, _values):
    for layer, template in stacks.items():
        for name, resource in template["Resources"].items():
            if resource["Type"] in STATEFUL:
                for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                    if policy not in resource:
                        yield f"{layer}: {name} has no {policy}"
                if resource.get("UpdateReplacePolicy") == "Delete":
                    yield f"{layer}: a replacement deletes {name}"
    if stacks["data"]["Resources"]["Database"].get("DeletionPolicy") != "Snapshot":
        yield "the database goes without a snapshot"


EVENTBRIDGE = "events.amazonaws.com"


def the_key_opens_for_this_account_only(stacks, _values):
    statements = only(stacks["security"], "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    statements = statements + only(stacks["security"], "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    for statement in statements:
        services = set(map(str, as_list(statement["Principal"].get("Service", []))))
        if EVENTBRIDGE in services and statement.get("Condition"):
            # AWS documents for encrypted topics that EventBridge's calls do not carry the account.
            yield "EventBridge cannot tell anybody anything under a condition"
        if services - {EVENTBRIDGE} and not statement.get("Condition"):
            yield f"{sorted(services)} may use it on behalf of every account"
    told = {"cloudwatch.amazonaws.com", "events.amazonaws.com", "events.rds.amazonaws.com", "budgets.amazonaws.com"}
    for action in ("kms:GenerateDataKey", "kms:Decrypt", "sns:Publish"):
        allowed = {
            service
            for statement in statements
            if action in as_list(statement["Action"]) and "Service" in statement["Principal"]
            for service in as_list(statement["Principal"]["Service"])
            if isinstance(service, str)
        }
        if not told <= allowed:
            yield f"{sorted(told - allowed)} cannot tell anybody anything: {action}"


RULES = [
    storage_limits_are_in_order,
    the_parameter_group_fits_the_engine,
    the_database_has_one_password_and_one_origin,
    the_database_is_watched,
    stateful_resources_survive_accidents,
    the_key_opens_for_this_account_only,
]
