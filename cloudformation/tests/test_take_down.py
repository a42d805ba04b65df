"""Deleting a stack whose bucket is written to while it goes."""

import sys
import unittest
from unittest import mock

import templates

sys.path.insert(0, str(templates.ROOT))
from ops import take_down  # noqa: E402
from ops.cli import Stop  # noqa: E402


class Account:
    """A stack with a bucket; each attempt to delete it ends as told."""

    def __init__(self, kinds, *ends):
        self.kinds, self.ends, self.calls = kinds, list(ends), []
        self.name, self.region, self.stack = "t-platform", None, mock.Mock()

    def aws(self, *arguments, region=None):
        self.calls.append(arguments[1])
        if arguments[1] == "list-stack-resources":
            about = {"PhysicalResourceId": "x", "ResourceStatus": "CREATE_COMPLETE"}
            return {"StackResourceSummaries": [{"ResourceType": kind, **about} for kind in self.kinds]}
        return {}

    def describe(self):
        return {"StackId": "t-platform", "StackStatus": "CREATE_COMPLETE"}

    def mark(self):
        self.calls.append("mark")

    def wait(self, _):
        return self.ends.pop(0)

    def root_failures(self):
        return [("AccessLogBucket", "The bucket you tried to delete is not empty")]

    def take_down(self):
        with mock.patch.object(take_down, "aws", self.aws), mock.patch("builtins.print"):
            take_down.take_down(self)
        return self.calls.count("delete-stack")


class TakeDown(unittest.TestCase):
    def test_a_bucket_that_filled_up_again_is_emptied_again(self):
        account = Account(["AWS::S3::Bucket"], "DELETE_FAILED", "DELETE_COMPLETE")
        self.assertEqual(account.take_down(), 2)
        self.assertEqual(account.calls.count("list-object-versions"), 2)

    def test_it_does_not_try_for_ever_and_says_what_stays(self):
        account = Account(["AWS::S3::Bucket"], *["DELETE_FAILED"] * 9)
        with self.assertRaisesRegex(Stop, "AccessLogBucket: The bucket you tried to delete is not empty"):
            account.take_down()
        self.assertEqual(account.calls.count("delete-stack"), 3)

    def test_what_no_emptying_helps_is_tried_once(self):
        account = Account(["AWS::EC2::VPC"], *["DELETE_FAILED"] * 9)
        with self.assertRaises(Stop):
            account.take_down()
        self.assertEqual(account.calls.count("delete-stack"), 1)


if __name__ == "__main__":
    unittest.main()
