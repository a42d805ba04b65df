"""Deleting one stack: what protects it, what blocks it, and then the stack itself."""

import json

from .bring_up import explain
from .cli import aws, say_in
from .watch import Live, is_final

_ATTEMPTS = 3
_CONTAINERS = ("AWS::ECR::Repository", "AWS::S3::Bucket")  # not deleted while something is in them
_AT_ONCE = 100  # images that ECR deletes in one call; S3 would take more objects


def resources_of(live: Live) -> list[tuple[str, str]]:
    """Type and physical id of what the stack has made and still has."""
    answer = aws("cloudformation", "list-stack-resources", "--stack-name", live.name, region=live.region)
    return [
        (it["ResourceType"], it["PhysicalResourceId"])
        for it in answer["StackResourceSummaries"]
        if it.get("PhysicalResourceId") and it["ResourceStatus"] not in ("DELETE_COMPLETE", "DELETE_SKIPPED")
    ]


def protections(live: Live, found: dict) -> list[tuple[str, list[str]]]:
    """What refuses to be deleted, with the call that lifts the protection."""
    protected = []
    if found.get("EnableTerminationProtection"):
        lift = ["cloudformation", "update-termination-protection", "--no-enable-termination-protection"]
        protected.append((live.name, [*lift, "--stack-name", live.name]))
    for kind, name in resources_of(live):
        if kind == "AWS::RDS::DBInstance":
            [database] = aws("rds", "describe-db-instances", "--db-instance-identifier", name)["DBInstances"]
            if database["DeletionProtection"]:
                lift = ["rds", "modify-db-instance", "--no-deletion-protection", "--apply-immediately"]
                protected.append((name, [*lift, "--db-instance-identifier", name]))
        if kind == "AWS::ElasticLoadBalancingV2::LoadBalancer":
            answer = aws("elbv2", "describe-load-balancer-attributes", "--load-balancer-arn", name)
            values = {it["Key"]: it["Value"] for it in answer["Attributes"]}
            if values.get("deletion_protection.enabled") == "true":
                lift = ["elbv2", "modify-load-balancer-attributes", "--load-balancer-arn", name]
                protected.append((name, [*lift, "--attributes", "Key=deletion_protection.enabled,Value=false"]))
    return protected


def empty(live: Live) -> None:
    """Take out what AWS does not delete a container with: images and objects."""
    for kind, name in resources_of(live):
        if kind == "AWS::ECR::Repository":
            images = aws("ecr", "list-images", "--repository-name", name)["imageIds"]
            print(say_in(f"  emptying {name}: {len(images)} images", f"  {name} のイメージ {len(images)} 個を削除"), flush=True)
            # An image with several tags goes with its digest; an index must go before the images that it lists.
            digests = sorted({it["imageDigest"] for it in images})
            for _ in range(2):
                for start in range(0, len(digests), _AT_ONCE):
                    ids = [f"imageDigest={digest}" for digest in digests[start : start + _AT_ONCE]]
                    aws("ecr", "batch-delete-image", "--repository-name", name, "--image-ids", *ids)
        if kind == "AWS::S3::Bucket":
            empty_bucket(name)


def empty_bucket(name: str) -> None:
    """Delete every version of every object; of a bucket without versions there is one of each."""
    while True:
        answer = aws("s3api", "list-object-versions", "--bucket", name, "--max-items", "500") or {}
        found = [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
        if not found:
            return
        print(say_in(f"  emptying {name}: {len(found)} objects", f"  {name} のオブジェクト {len(found)} 個を削除"), flush=True)
        objects = [{"Key": it["Key"], "VersionId": it["VersionId"]} for it in found]
        aws("s3api", "delete-objects", "--bucket", name, "--delete", json.dumps({"Objects": objects, "Quiet": True}))


def take_down(live: Live) -> None:
    """Delete the stack, whatever state it is in, or end the run with the reason why not."""
    found = live.describe()
    if not found:
        return
    print(f"{live.name}: {found['StackStatus']}", flush=True)
    if not is_final(found["StackStatus"]):
        live.mark_beginning()
        live.wait(found["StackId"])
        if not (found := live.describe()):
            return
    # The load balancer writes its last log some minutes after its end, into the bucket that was empty by then.
    for _ in range(_ATTEMPTS):
        empty(live)
        live.mark()
        aws("cloudformation", "delete-stack", "--stack-name", live.name, region=live.region)
        status = live.wait(found["StackId"])
        if status == "DELETE_COMPLETE":
            return
        if not any(kind in _CONTAINERS for kind, _ in resources_of(live)):
            break
    explain(live, status)
