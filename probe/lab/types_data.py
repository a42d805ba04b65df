"""Database types.

moto leaves out Secret and SecretTargetAttachment without an error, cannot take a parameter group
or a subnet group by Ref, and gives an instance the wrong port and groups.
"""

from __future__ import annotations

import json

from cloud import call, client
from resource_types import Made, makes


@makes("AWS::SecretsManager::Secret", "Name", ("Id",))
def secret(region: str, name: str, properties: dict) -> Made:
    value = properties.get("SecretString", "")
    generate = properties.get("GenerateSecretString")
    if generate:
        api = ("secretsmanager", "get_random_password")
        value = call(region, *api, generate)["RandomPassword"]
        if "GenerateStringKey" in generate:
            template = json.loads(generate.get("SecretStringTemplate", "{}"))
            value = json.dumps({**template, generate["GenerateStringKey"]: value})
    arn = call(
        region, "secretsmanager", "create_secret", properties, Name=name, SecretString=value
    )["ARN"]
    return arn, {"Id": arn}


@makes("AWS::SecretsManager::SecretTargetAttachment", attributes=("Id",))
def secret_attachment(region: str, _: str, properties: dict) -> Made:
    secrets = client("secretsmanager", region)
    old = json.loads(secrets.get_secret_value(SecretId=properties["SecretId"])["SecretString"])
    [database] = client("rds", region).describe_db_instances(
        DBInstanceIdentifier=properties["TargetId"]
    )["DBInstances"]
    new = {
        **old,
        "engine": database["Engine"],
        "host": database["Endpoint"]["Address"],
        "port": database["Endpoint"]["Port"],
        "dbname": database.get("DBName"),
        "dbInstanceIdentifier": properties["TargetId"],
    }
    arn = secrets.put_secret_value(SecretId=properties["SecretId"], SecretString=json.dumps(new))[
        "ARN"
    ]
    return arn, {"Id": arn}


@makes("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName")
def subnet_group(region: str, name: str, properties: dict) -> Made:
    about = {"DBSubnetGroupName": name.lower()}
    call(region, "rds", "create_db_subnet_group", {**properties, **about})
    return name.lower(), {}


@makes("AWS::RDS::DBParameterGroup", "DBParameterGroupName")
def parameter_group(region: str, name: str, properties: dict) -> Made:
    name = name.lower()
    call(
        region,
        "rds",
        "create_db_parameter_group",
        properties,
        DBParameterGroupName=name,
        DBParameterGroupFamily=properties["Family"],
    )
    parameters = [
        {"ParameterName": key, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        for key, value in properties.get("Parameters", {}).items()
    ]
    if parameters:
        group = {"DBParameterGroupName": name, "Parameters": parameters}
        call(region, "rds", "modify_db_parameter_group", group)
    return name, {}


@makes(
    "AWS::RDS::DBInstance",
    "DBInstanceIdentifier",
    ("Endpoint.Address", "Endpoint.Port", "DBInstanceArn", "MasterUserSecret.SecretArn"),
)
def database(region: str, name: str, properties: dict) -> Made:
    made = call(
        region,
        "rds",
        "create_db_instance",
        properties,
        DBInstanceIdentifier=name.lower(),
        VpcSecurityGroupIds=properties.get("VPCSecurityGroups", []),
    )["DBInstance"]
    return made["DBInstanceIdentifier"], {
        "Endpoint.Address": made["Endpoint"]["Address"],
        "Endpoint.Port": str(made["Endpoint"]["Port"]),
        "DBInstanceArn": made["DBInstanceArn"],
        "MasterUserSecret.SecretArn": made.get("MasterUserSecret", {}).get("SecretArn"),
    }
