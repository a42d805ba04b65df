"""The key, and what tells people: topics, events of databases, dashboards, budgets, access logs.

moto leaves out policies and subscriptions of topics, events of databases, budgets and policies of
buckets without an error, and takes a key of a stack for one that does not exist.
"""

from __future__ import annotations

import json

from cloud import ACCOUNT, call, client
from resource_types import Made, changes, makes


@makes("AWS::KMS::Key", attributes=("Arn", "KeyId"))
def key(region: str, _: str, properties: dict) -> Made:
    tags = [{"TagKey": t["Key"], "TagValue": t["Value"]} for t in properties.get("Tags", [])]
    wanted = {**properties, "Policy": json.dumps(properties["KeyPolicy"]), "Tags": tags}
    made = call(region, "kms", "create_key", wanted)["KeyMetadata"]
    if str(properties.get("EnableKeyRotation")).lower() == "true":
        client("kms", region).enable_key_rotation(KeyId=made["KeyId"])
    return made["KeyId"], {"Arn": made["Arn"], "KeyId": made["KeyId"]}


@makes("AWS::SNS::Topic", "TopicName", ("TopicArn", "TopicName"))
def topic(region: str, name: str, properties: dict) -> Made:
    attributes = {k: properties[k] for k in ("KmsMasterKeyId",) if k in properties}
    arn = client("sns", region).create_topic(Name=name, Attributes=attributes)["TopicArn"]
    return arn, {"TopicArn": arn, "TopicName": name}


@makes("AWS::SNS::TopicPolicy", attributes=("Id",))
def topic_policy(region: str, name: str, properties: dict) -> Made:
    for arn in properties["Topics"]:
        client("sns", region).set_topic_attributes(
            TopicArn=arn,
            AttributeName="Policy",
            AttributeValue=json.dumps(properties["PolicyDocument"]),
        )
    return name, {"Id": name}


@makes("AWS::SNS::Subscription", attributes=("Arn",))
def subscription(region: str, _: str, properties: dict) -> Made:
    wanted = {**properties, "ReturnSubscriptionArn": True}
    arn = call(region, "sns", "subscribe", wanted)["SubscriptionArn"]
    return arn, {"Arn": arn}


@makes("AWS::RDS::EventSubscription", "SubscriptionName")
def database_events(region: str, name: str, properties: dict) -> Made:
    call(region, "rds", "create_event_subscription", properties, SubscriptionName=name)
    return name, {}


@makes("AWS::CloudWatch::Dashboard", "DashboardName")
def dashboard(region: str, name: str, properties: dict) -> Made:
    call(region, "cloudwatch", "put_dashboard", properties, DashboardName=name)
    return name, {}


changes("AWS::CloudWatch::Dashboard")(dashboard)


@makes("AWS::Budgets::Budget", "BudgetName")
def budget(region: str, name: str, properties: dict) -> Made:
    about = properties["Budget"]
    wanted = {**properties, "Budget": {**about, "BudgetName": name}, "AccountId": ACCOUNT}
    call(region, "budgets", "create_budget", wanted)
    return name, {}


@makes("AWS::S3::BucketPolicy")
def bucket_policy(region: str, _: str, properties: dict) -> Made:
    bucket = properties["Bucket"]
    document = json.dumps(properties["PolicyDocument"])
    client("s3", region).put_bucket_policy(Bucket=bucket, Policy=document)
    return bucket, {}
