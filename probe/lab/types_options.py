"""What the optional stacks are made of: policies, GitHub's provider, the edge, schedules, the rotation.

moto takes the definition of a state machine for a text that it is not, and leaves the other types
out. Two of them are records only, see the README: it has no VPC origins, and Secrets Manager's
transform, with the function that rotates, is not carried out.
"""

from __future__ import annotations

import json
import secrets

from moto.secretsmanager.models import secretsmanager_backends

from cloud import ACCOUNT, call, client
from resource_types import Made, makes


@makes("AWS::IAM::ManagedPolicy", "ManagedPolicyName", ("PolicyArn",))
def managed_policy(region: str, name: str, properties: dict) -> Made:
    wanted = {**properties, "PolicyDocument": json.dumps(properties["PolicyDocument"])}
    arn = call(region, "iam", "create_policy", wanted, PolicyName=name)["Policy"]["Arn"]
    return arn, {"PolicyArn": arn}


@makes("AWS::IAM::OIDCProvider", attributes=("Arn",))
def identity_provider(region: str, _: str, properties: dict) -> Made:
    made = call(region, "iam", "create_open_id_connect_provider", properties)
    arn = made["OpenIDConnectProviderArn"]
    return arn, {"Arn": arn}


@makes("AWS::CertificateManager::Certificate")
def certificate(region: str, _: str, properties: dict) -> Made:
    # The zone of the proof is CloudFormation's own business: it writes the record.
    wanted = {key: value for key, value in properties.items() if key != "DomainValidationOptions"}
    return call(region, "acm", "request_certificate", wanted)["CertificateArn"], {}


@makes("AWS::WAFv2::WebACL", "Name", ("Arn", "Id"))
def firewall(region: str, name: str, properties: dict) -> Made:
    made = call(region, "wafv2", "create_web_acl", properties, Name=name)["Summary"]
    ref = f"{name}|{made['Id']}|{properties['Scope']}"
    return ref, {"Arn": made["ARN"], "Id": made["Id"]}


@makes("AWS::CloudFront::VpcOrigin", attributes=("Id", "Arn"))
def vpc_origin(region: str, _: str, properties: dict) -> Made:
    # The load balancer must be there, and nothing on the internet: AWS refuses it otherwise.
    arn = properties["VpcOriginEndpointConfig"]["Arn"]
    [balancer] = client("elbv2", arn.split(":")[3]).describe_load_balancers(
        LoadBalancerArns=[arn]
    )["LoadBalancers"]
    if balancer["Scheme"] != "internal":
        raise ValueError(f"{arn} is {balancer['Scheme']}, and this lab's VPC origins are internal")
    name = f"vo_{secrets.token_hex(11)}"
    return name, {"Id": name, "Arn": f"arn:aws:cloudfront::{ACCOUNT}:vpcorigin/{name}"}


@makes("AWS::CloudFront::Distribution", attributes=("DomainName", "Id"))
def distribution(region: str, name: str, properties: dict) -> Made:
    config = dict(properties["DistributionConfig"])
    config |= {"CallerReference": name, "IsIPV6Enabled": config.pop("IPV6Enabled", True)}
    made = call(region, "cloudfront", "create_distribution", {"DistributionConfig": config})
    about = made["Distribution"]
    return about["Id"], {"Id": about["Id"], "DomainName": about["DomainName"]}


@makes("AWS::Route53::RecordSetGroup")
def records(region: str, name: str, properties: dict) -> Made:
    changes = [{"Action": "CREATE", "ResourceRecordSet": it} for it in properties["RecordSets"]]
    for it in properties["RecordSets"]:
        it["AliasTarget"].setdefault("EvaluateTargetHealth", False)
    wanted = {**properties, "ChangeBatch": {"Changes": changes}}
    call(region, "route53", "change_resource_record_sets", wanted)
    return name, {}


@makes("AWS::Scheduler::Schedule", "Name", ("Arn",))
def schedule(region: str, name: str, properties: dict) -> Made:
    arn = call(region, "scheduler", "create_schedule", properties, Name=name)["ScheduleArn"]
    return name, {"Arn": arn}


@makes("AWS::SecretsManager::RotationSchedule")
def rotation_schedule(region: str, _: str, properties: dict) -> Made:
    # Rotating by the API wants a function, and there is none: only that it is on is remembered.
    arn = properties["SecretId"]
    secret = secretsmanager_backends[ACCOUNT][region].secrets[arn]
    secret.rotation_enabled = True
    return arn, {}


@makes("AWS::StepFunctions::StateMachine", "StateMachineName", ("Arn", "Name"))
def state_machine(region: str, name: str, properties: dict) -> Made:
    about = {"definition": json.dumps(properties["Definition"]), "type": properties["StateMachineType"]}
    arn = call(region, "stepfunctions", "create_state_machine", properties, name=name, **about)[
        "stateMachineArn"
    ]
    return arn, {"Arn": arn, "Name": name}
