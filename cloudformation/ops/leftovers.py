"""What of a deployment is still there, asked of each service itself and not of CloudFormation.

Ours is what carries the stacks' tag Project, or a name that CloudFormation made of a stack's name.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .cli import aws, say_in


@dataclass(frozen=True)
class Left:
    """One thing that is still there."""

    name: str
    delete: tuple[str, ...] | None = None  # the arguments of the AWS CLI that delete it
    note: str = ""


def _tagged(prefix: str) -> str:
    return f"Name=tag:Project,Values={prefix}"


def _starts(prefix: str, name: str) -> bool:
    return name.startswith(f"{prefix}-")


def clusters(prefix: str) -> list[Left]:
    """ECS goes on showing deleted clusters and services for a while, as INACTIVE."""
    arns = [it for it in aws("ecs", "list-clusters")["clusterArns"] if _starts(prefix, it.split("/")[-1])]
    found = aws("ecs", "describe-clusters", "--clusters", *arns)["clusters"] if arns else []
    return [Left(it["clusterName"]) for it in found if it["status"] != "INACTIVE"]


def services(prefix: str) -> list[Left]:
    found = []
    for cluster in clusters(prefix):
        arns = aws("ecs", "list-services", "--cluster", cluster.name)["serviceArns"]
        for start in range(0, len(arns), 10):
            some = arns[start : start + 10]
            answer = aws("ecs", "describe-services", "--cluster", cluster.name, "--services", *some)
            found += [Left(it["serviceName"]) for it in answer["services"] if it["status"] != "INACTIVE"]
    return found


def _of_balancers(prefix: str, arns: list[str]) -> list[Left]:
    found = []
    for start in range(0, len(arns), 20):
        answer = aws("elbv2", "describe-tags", "--resource-arns", *arns[start : start + 20])
        for it in answer["TagDescriptions"]:
            if {"Key": "Project", "Value": prefix} in it["Tags"]:
                found.append(Left(it["ResourceArn"].split(":")[-1]))
    return found


def balancers(prefix: str) -> list[Left]:
    answer = aws("elbv2", "describe-load-balancers")
    return _of_balancers(prefix, [it["LoadBalancerArn"] for it in answer["LoadBalancers"]])


def target_groups(prefix: str) -> list[Left]:
    answer = aws("elbv2", "describe-target-groups")
    return _of_balancers(prefix, [it["TargetGroupArn"] for it in answer["TargetGroups"]])


def databases(prefix: str) -> list[Left]:
    found = aws("rds", "describe-db-instances")["DBInstances"]
    names = [it["DBInstanceIdentifier"] for it in found]
    return [Left(name) for name in names if _starts(prefix, name)]


def subnet_groups(prefix: str) -> list[Left]:
    found = aws("rds", "describe-db-subnet-groups")["DBSubnetGroups"]
    return [Left(it["DBSubnetGroupName"]) for it in found if _starts(prefix, it["DBSubnetGroupName"])]


def snapshots(prefix: str) -> list[Left]:
    found = aws("rds", "describe-db-snapshots", "--snapshot-type", "manual")["DBSnapshots"]
    return [
        Left(
            it["DBSnapshotIdentifier"],
            ("rds", "delete-db-snapshot", "--db-snapshot-identifier", it["DBSnapshotIdentifier"]),
            say_in(f"{it['AllocatedStorage']} GB at most, billed each month", f"最大 {it['AllocatedStorage']} GB、毎月課金"),
        )
        for it in found
        if _starts(prefix, it["DBInstanceIdentifier"])
    ]


def backups(prefix: str) -> list[Left]:
    found = aws("rds", "describe-db-instance-automated-backups")["DBInstanceAutomatedBackups"]
    return [
        Left(
            it["DBInstanceIdentifier"],
            ("rds", "delete-db-instance-automated-backup", "--dbi-resource-id", it["DbiResourceId"]),
        )
        for it in found
        if _starts(prefix, it["DBInstanceIdentifier"]) and it.get("Status") == "retained"
    ]


def nat_gateways(prefix: str) -> list[Left]:
    answer = aws("ec2", "describe-nat-gateways", "--filter", _tagged(prefix))
    alive = [it for it in answer["NatGateways"] if it["State"] not in ("deleted", "deleting")]
    return [Left(it["NatGatewayId"]) for it in alive]


def addresses(prefix: str) -> list[Left]:
    found = aws("ec2", "describe-addresses", "--filters", _tagged(prefix))["Addresses"]
    return [
        Left(it["AllocationId"], ("ec2", "release-address", "--allocation-id", it["AllocationId"]), it["PublicIp"])
        for it in found
    ]


def endpoints(prefix: str) -> list[Left]:
    found = aws("ec2", "describe-vpc-endpoints", "--filters", _tagged(prefix))["VpcEndpoints"]
    return [Left(it["VpcEndpointId"]) for it in found if it["State"].lower() not in ("deleted", "deleting")]


def vpcs(prefix: str) -> list[Left]:
    found = aws("ec2", "describe-vpcs", "--filters", _tagged(prefix))["Vpcs"]
    return [Left(it["VpcId"]) for it in found]


def repositories(prefix: str) -> list[Left]:
    names = [it["repositoryName"] for it in aws("ecr", "describe-repositories")["repositories"]]
    return [
        Left(name, ("ecr", "delete-repository", "--force", "--repository-name", name))
        for name in names
        if _starts(prefix, name)
    ]


def secrets(prefix: str) -> list[Left]:
    filters = ("--filters", "Key=tag-key,Values=Project", f"Key=tag-value,Values={prefix}")
    found = aws("secretsmanager", "list-secrets", *filters)["SecretList"]
    delete = ("secretsmanager", "delete-secret", "--recovery-window-in-days", "7", "--secret-id")
    return [Left(it["Name"], (*delete, it["ARN"])) for it in found if not it.get("DeletedDate")]


def waiting_secrets(prefix: str) -> list[Left]:
    """Free, but their name is taken and they can be restored."""
    filters = ("--filters", "Key=tag-key,Values=Project", f"Key=tag-value,Values={prefix}")
    found = aws("secretsmanager", "list-secrets", "--include-planned-deletion", *filters)["SecretList"]
    return [Left(it["Name"]) for it in found if it.get("DeletedDate")]


def log_groups(prefix: str) -> list[Left]:
    """Also those that RDS and Container Insights make by themselves, outside of every stack."""
    names = [it["logGroupName"] for it in aws("logs", "describe-log-groups")["logGroups"]]
    return [
        Left(name, ("logs", "delete-log-group", "--log-group-name", name))
        for name in names
        if any(_starts(prefix, part) for part in name.split("/"))
    ]


def keys(prefix: str) -> list[Left]:
    """A key that waits for its deletion is free."""
    found = []
    for it in aws("kms", "list-keys")["Keys"]:
        about = aws("kms", "describe-key", "--key-id", it["KeyId"])["KeyMetadata"]
        if about["KeyManager"] != "CUSTOMER" or about["KeyState"] == "PendingDeletion":
            continue
        tags = aws("kms", "list-resource-tags", "--key-id", it["KeyId"])["Tags"]
        if {"TagKey": "Project", "TagValue": prefix} in tags:
            found.append(Left(it["KeyId"]))
    return found


def roles(prefix: str) -> list[Left]:
    names = [it["RoleName"] for it in aws("iam", "list-roles")["Roles"]]
    return [Left(name) for name in names if _starts(prefix, name)]


def buckets(prefix: str) -> list[Left]:
    names = [it["Name"] for it in aws("s3api", "list-buckets")["Buckets"]]
    return [
        Left(name, ("s3api", "delete-bucket", "--bucket", name)) for name in names if _starts(prefix, name)
    ]


def alarms(prefix: str) -> list[Left]:
    found = aws("cloudwatch", "describe-alarms", "--alarm-name-prefix", f"{prefix}-")["MetricAlarms"]
    names = [it["AlarmName"] for it in found]
    return [Left(name, ("cloudwatch", "delete-alarms", "--alarm-names", name)) for name in names]


def firewalls(prefix: str) -> list[Left]:
    """Those of CloudFront are all in one Region, whichever the service is in."""
    place = ("--scope", "CLOUDFRONT", "--region", "us-east-1")
    return [
        Left(it["Name"], ("wafv2", "delete-web-acl", *place, "--name", it["Name"], "--id", it["Id"], "--lock-token", it["LockToken"]))
        for it in aws("wafv2", "list-web-acls", *place)["WebACLs"]
        if it.get("Description") == f"Firewall of {prefix}"
    ]


def distributions(prefix: str) -> list[Left]:
    found = (aws("cloudfront", "list-distributions") or {}).get("DistributionList", {}).get("Items", [])
    return [Left(it["Id"]) for it in found if it["Comment"] == prefix]


# The clean-up checklist, in its order: what it is, how to find it, whether it costs money while it is there.
CHECKLIST: tuple[tuple[str, str, Callable[[str], list[Left]], bool], ...] = (
    ("ECS services", "ECS サービス", services, True),
    ("ECS clusters", "ECS クラスター", clusters, False),
    ("load balancers", "ロードバランサー", balancers, True),
    ("target groups", "ターゲットグループ", target_groups, False),
    ("databases", "データベース", databases, True),
    ("database subnet groups", "DB サブネットグループ", subnet_groups, False),
    ("database snapshots", "DB スナップショット", snapshots, True),
    ("kept automated backups", "保持された自動バックアップ", backups, True),
    ("NAT gateways", "NAT ゲートウェイ", nat_gateways, True),
    ("Elastic IP addresses", "Elastic IP アドレス", addresses, True),
    ("VPC endpoints", "VPC エンドポイント", endpoints, True),
    ("VPCs", "VPC", vpcs, False),
    ("image repositories", "イメージリポジトリ", repositories, True),
    ("secrets", "シークレット", secrets, True),
    ("secrets in their recovery window", "復旧期間中のシークレット", waiting_secrets, False),
    ("encryption keys", "暗号化キー", keys, True),
    ("log groups", "ロググループ", log_groups, True),
    ("buckets", "S3 バケット", buckets, True),
    ("alarms", "アラーム", alarms, True),
    ("firewalls of CloudFront", "CloudFront のファイアウォール", firewalls, True),
    ("CloudFront distributions", "CloudFront ディストリビューション", distributions, False),
    ("IAM roles", "IAM ロール", roles, False),
)
