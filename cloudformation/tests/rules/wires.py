"""What holds between the stacks and with their parameter files and readers."""

import re

from templates import LAYERS, OPTIONS, imported, mappings, resources_of

# What the scripts, probe and the people who deploy the edge stack take from outputs.
READ_OUTPUTS = {
    "network": {"PublicSubnetAId", "PublicSubnetBId"},
    "platform": {
        "AccessLogBucketName",
        "Entrance",
        "LoadBalancerArn",
        "LoadBalancerDnsName",
        "RepositoryName",
        "RepositoryUri",
    },
    "service": {"ClusterName", "ServiceName"},
    "cicd": {"PipelineRoleArn", "DeployRoleArn", "TaskBoundaryArn"},
    "edge": {"Url"},
    "probe-role": {"ProbeRoleArn"},
    "load-workers": {"TaskDefinitionArn", "SecurityGroupId", "ResultBucketName"},
}


def every_import_is_exported_by_an_earlier_stack(stacks, _files):
    exported = set()
    for layer in LAYERS + OPTIONS:
        for value in mappings(stacks[layer], "Fn::ImportValue"):
            name = imported({"Fn::ImportValue": value})
            if name not in exported:
                yield f"{layer} imports {name or value}, which no earlier stack exports"
        for key, output in stacks[layer].get("Outputs", {}).items():
            if "Export" in output:
                name = output["Export"]["Name"].get("Fn::Sub", "")
                if name != f"${{Prefix}}-{key}":
                    yield f"{layer} exports {key} under the name {name}"
                exported.add(key)


def every_export_is_imported_or_read(stacks, _files):
    used = {imported({"Fn::ImportValue": value}) for value in mappings(stacks, "Fn::ImportValue")}
    for layer, template in stacks.items():
        for key, output in template.get("Outputs", {}).items():
            if "Export" in output and key not in used | READ_OUTPUTS.get(layer, set()):
                yield f"{layer} exports {key}, which nobody uses"


def outputs_that_programs_read_exist(stacks, _files):
    for layer, names in READ_OUTPUTS.items():
        for name in sorted(names - set(stacks[layer].get("Outputs", {}))):
            yield f"{layer} has no output {name}"


def every_parameter_file_key_is_a_parameter(stacks, files):
    known = {name: it for template in stacks.values() for name, it in template["Parameters"].items()}
    for environment, values in files.items():
        for key, value in values.items():
            if key not in known:
                yield f"{environment}.json sets {key}, which no template has"
                continue
            if not isinstance(value, str):
                yield f"{environment}.json: {key} must be a string for the AWS CLI"
            if not _allowed(known[key], str(value)):
                yield f"{environment}.json: {key} may not be {value}"


def _allowed(about, value):
    if "AllowedValues" in about:
        return value in [str(it) for it in about["AllowedValues"]]
    if "MinValue" in about or "MaxValue" in about:
        return float(about.get("MinValue", "-inf")) <= float(value) <= float(about.get("MaxValue", "inf"))
    return re.fullmatch(about.get("AllowedPattern", ".*"), value) is not None


def shared_parameters_agree(stacks, _files):
    seen = {}
    for layer, template in stacks.items():
        for name, it in template["Parameters"].items():
            shape = {key: it.get(key) for key in ("Type", "AllowedPattern", "AllowedValues")}
            if layer in LAYERS:  # the options ask for what the layers leave empty
                shape["Default"] = it.get("Default")
            elif name in seen:
                shape["Default"] = seen[name][1].get("Default")
            first, expected = seen.setdefault(name, (layer, shape))
            if shape != expected:
                yield f"{name} differs between {first} and {layer}"


def every_resource_says_what_it_is_for(stacks, _files):
    for layer, template in stacks.items():
        for name, resource in template["Resources"].items():
            text = resource.get("Metadata", {}).get("Description", "")
            if not text or "\n" in text:
                yield f"{layer}: {name} has no one-line description"


def every_parameter_is_offered_in_a_group(stacks, _files):
    for layer, template in stacks.items():
        groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        offered = [name for group in groups for name in group["Parameters"]]
        if sorted(offered) != sorted(template["Parameters"]):
            yield f"{layer}: the console offers {sorted(set(offered) ^ set(template['Parameters']))} wrongly"


def nothing_is_named_so_that_a_replacement_fails(stacks, _files):
    # Of these, AWS makes the new one before it removes the old one, which still has the name.
    named = {
        "AWS::IAM::Role": "RoleName",
        "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
        "AWS::ECS::Cluster": "ClusterName",
        "AWS::ECS::Service": "ServiceName",
        "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
        "AWS::ElasticLoadBalancingV2::TargetGroup": "Name",
        "AWS::RDS::DBInstance": "DBInstanceIdentifier",
        "AWS::RDS::DBParameterGroup": "DBParameterGroupName",
        "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
        "AWS::SecretsManager::Secret": "Name",
        "AWS::ECR::Repository": "RepositoryName",
        "AWS::S3::Bucket": "BucketName",
        "AWS::EC2::SecurityGroup": "GroupName",
        "AWS::SNS::Topic": "TopicName",
        "AWS::CloudWatch::Alarm": "AlarmName",
    }
    for layer, template in stacks.items():
        for kind, key in named.items():
            for name, resource in resources_of(template, kind).items():
                if key in resource["Properties"]:
                    yield f"{layer}: {name} has the {key} {resource['Properties'][key]}"


RULES = [
    every_import_is_exported_by_an_earlier_stack,
    every_export_is_imported_or_read,
    outputs_that_programs_read_exist,
    every_parameter_file_key_is_a_parameter,
    shared_parameters_agree,
    every_resource_says_what_it_is_for,
    every_parameter_is_offered_in_a_group,
    nothing_is_named_so_that_a_replacement_fails,
]
