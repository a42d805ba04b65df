"""Each Guard rule notices what it is there for, and nothing in the templates as they are (that is what `check` sees)."""

import re
import tempfile
import unittest

import checkers
from mutations import change, mutation
from test_mutations import ask, written

TOOL = "cloudformation-validate"


def broken(rule, *changes):
    return mutation(rule, *changes, f"{TOOL} {rule}")


TRUST = """            Principal: {{ Service: {} }}
            Action: sts:AssumeRole
            Condition:
              StringEquals: {{ "aws:SourceAccount": !Ref AWS::AccountId }}
"""
DATABASE = "DATABASE_IS_PRIVATE_ENCRYPTED_AND_KEPT"
BROKEN = [
    broken(DATABASE, change("data", "PubliclyAccessible: false", "PubliclyAccessible: true")),
    broken(DATABASE, change("data", "      StorageEncrypted: true\n", "")),
    broken(DATABASE, change("data", "DeletionPolicy: Snapshot", "DeletionPolicy: Delete")),
    broken(DATABASE, change("data", "UpdateReplacePolicy: Snapshot", "UpdateReplacePolicy: Delete")),
    broken("TASKS_NEVER_WAIT_FOR_THEIR_LOGS", change("service", "mode: non-blocking", "mode: blocking")),
    broken("CONTAINERS_ARE_NOT_ROOT", change("service", 'User: "65532:65532"', 'User: "0:0"')),
    broken("CONTAINERS_ARE_NOT_ROOT", change("service", '          User: "65532:65532"\n', "")),
    broken("CONTAINERS_ARE_NOT_ROOT", change("service", 'User: "65532:65532"', 'User: "65532"\n          Privileged: true')),
    broken("IMAGES_STAY_WHAT_THEY_WERE", change("platform", "ImageTagMutability: IMMUTABLE", "ImageTagMutability: MUTABLE")),
    broken(
        "SERVICES_ACT_FOR_THIS_ACCOUNT_ONLY",
        change("schedule", TRUST.format("scheduler.amazonaws.com"), TRUST.format("scheduler.amazonaws.com").partition("            Cond")[0]),
    ),
]


class Guard(unittest.TestCase):
    def test_each_rule_has_a_mistake(self):
        rules = re.findall(r"^rule (\w+)", checkers.GUARD.read_text(encoding="utf-8"), re.MULTILINE)
        self.assertEqual(sorted(rules), sorted({it.name for it in BROKEN}))

    def test_each_mistake_is_noticed(self):
        numbered = list(enumerate(BROKEN))
        with tempfile.TemporaryDirectory() as directory:
            found = ask(TOOL, written(directory, numbered))
        for number, it in numbered:
            with self.subTest(it.name, change=it.changes[0][2]):
                self.assertIn(it.caught_by, found.get(number, set()))


if __name__ == "__main__":
    unittest.main()
