#!/usr/bin/env python3
"""Stands in for the AWS CLI where the local AWS cannot: states of stacks that only failures lead to.

Installed as `aws` in front of the PATH. The file $WORLD holds what the account is like:
  stacks   name -> the states that DescribeStacks gives one after the other; the last one stays
  runs     name -> the states after its change set was executed (CREATE_COMPLETE or UPDATE_COMPLETE)
  events   name -> [resource, status, reason] of what has failed
  changes  name -> the changes of its change set; [] for none
  images   the tags in the repository
  refused  words of a call -> what AWS answers instead
  late     how many looks at the events do not show yet what has begun
  lost     name -> how many calls about it get no answer once it has been executed
Every call is a line of $CALLS.
"""

import json
import os
import pathlib
import sys

WORLD = pathlib.Path(os.environ["WORLD"])
ADDED = [{"Type": "Resource", "ResourceChange": {"Action": "Add", "LogicalResourceId": "Thing", "ResourceType": "T"}}]
OUTPUTS = {"RepositoryName": "images", "RepositoryUri": "1.dkr.ecr.example/images", "LoadBalancerDnsName": "t.example"}


def fail(text):
    print(f"An error occurred ({text})", file=sys.stderr)
    sys.exit(254)


def main(arguments, world):
    said = " ".join(arguments)
    for words, answer in world["refused"].items():
        if words in said:
            fail(answer)
    given = dict(zip(arguments[2::2], arguments[3::2], strict=False))
    operation, name = arguments[1], given.get("--stack-name", "")
    stacks = world["stacks"]
    if operation == "describe-stacks":
        if world["lost"].get(name, 0) and world["executed"].count(name):
            world["lost"][name] -= 1
            fail("ServiceUnavailable")
        if name not in stacks:
            fail(f"ValidationError): Stack with id {name} does not exist")
        states = stacks[name]
        status = states.pop(0) if len(states) > 1 else states[0]
        if status == "DELETE_COMPLETE":
            del stacks[name]
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in OUTPUTS.items()]
        return {"Stacks": [{"StackId": name, "StackStatus": status, "Outputs": outputs}]}
    if operation == "describe-stack-events":
        # The stack's own event of each operation comes first; those of its resources are what the test says.
        begun = [[name, "OPERATION_BEGAN", ""] for _ in range(world["operations"].get(name, 0))]
        if begun and world["late"]:
            world["late"] -= 1
            begun.pop()
        events = begun + world["events"].get(name, [])
        return {"StackEvents": [
            {
                "EventId": f"{name}{number}{resource}{status}", "Timestamp": "2026-01-01T00:00:00Z", "LogicalResourceId": resource,
                "ResourceStatus": status, "ResourceStatusReason": reason,
            }
            for number, (resource, status, reason) in reversed(list(enumerate(events)))
        ]}
    if operation == "create-change-set":
        if given["--change-set-type"] == "CREATE":
            stacks[name] = ["REVIEW_IN_PROGRESS"]
        return {"Id": f"change-set-of-{name}"}
    name = name or given.get("--change-set-name", "").removeprefix("change-set-of-")
    if operation == "describe-change-set":
        changes = world["changes"].get(name, ADDED)
        if not changes:
            return {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}
        return {"Status": "CREATE_COMPLETE", "Changes": changes}
    if operation in ("execute-change-set", "delete-stack", "continue-update-rollback"):
        world["operations"][name] = world["operations"].get(name, 0) + 1
    if operation == "execute-change-set":
        world["executed"].append(name)
        kind = "CREATE" if stacks[name] == ["REVIEW_IN_PROGRESS"] else "UPDATE"
        stacks[name] = world["runs"].get(name, [f"{kind}_COMPLETE"])
        return None
    if operation == "delete-stack":
        stacks[name] = ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]
        return None
    if operation == "continue-update-rollback":
        stacks[name] = world["runs"].pop(name, ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"])
        return None
    if operation == "describe-images":
        tag = given["--image-ids"].removeprefix("imageTag=")
        return {"imageDetails": []} if tag in world["images"] else fail("ImageNotFoundException")
    if operation == "get-caller-identity":
        return {"Account": "1"}
    return None


if __name__ == "__main__":
    with open(os.environ["CALLS"], "a", encoding="utf-8") as calls:
        calls.write(" ".join(sys.argv[1:]).replace("\n", " ") + "\n")
    state = json.loads(WORLD.read_text(encoding="utf-8"))
    try:
        answered = main(sys.argv[1:], state)
    finally:
        WORLD.write_text(json.dumps(state), encoding="utf-8")
    if answered is not None:
        print(json.dumps(answered))
