"""`deploy` against a stand-in for the AWS CLI: every state that a stack can be found in."""

import json
import os
import pathlib
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import templates

sys.path.insert(0, str(templates.ROOT))
from ops import stacks  # noqa: E402
from ops.cli import row  # noqa: E402

BASE = [f"t-{layer}" for layer in templates.LAYERS]


class Rows(unittest.TestCase):
    def test_a_long_text_goes_on_under_its_beginning(self):
        text = "Keeps the tasks running and replaces broken ones"
        self.assertEqual(f"  + Service  {text}", row("  + Service  ", text))
        for columns, expected in (
            ("43", "  + Service  Keeps the tasks running and\n             replaces broken ones"),
            ("40", "  + Service\n      Keeps the tasks running and\n      replaces broken ones"),
        ):
            with mock.patch.object(sys.stdout, "isatty", return_value=True), mock.patch.dict(
                os.environ, {"COLUMNS": columns}
            ):
                self.assertEqual(expected, row("  + Service  ", text))


class Deploy(unittest.TestCase):
    locale = "C"

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.work = pathlib.Path(directory.name)
        (self.work / "aws").write_text(f"#!{sys.executable}\n" + (templates.ROOT / "tests/fake_aws.py").read_text())
        (self.work / "aws").chmod(0o755)
        self.world = {
            "stacks": {}, "runs": {}, "events": {}, "changes": {}, "images": ["v1"], "refused": {}, "lost": {},
            "executed": [], "operations": {}, "late": 0,
        }

    def environment(self):
        (self.work / "world").write_text(json.dumps(self.world))
        (self.work / "calls").write_text("")
        return {
            **os.environ, "PATH": f"{self.work}:{os.environ['PATH']}", "LC_ALL": self.locale, "DEPLOY_POLL_SECONDS": "0.01",
            "AWS_REGION": "ap-northeast-1", "WORLD": str(self.work / "world"), "CALLS": str(self.work / "calls"),
        }

    def deploy(self, *arguments, status=0, script=templates.ROOT / "deploy"):
        """What the script prints; its calls are in `self.calls`."""
        environment = self.environment()
        done = subprocess.run(
            [sys.executable, script, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=60,
        )
        self.calls = (self.work / "calls").read_text().splitlines()
        self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout

    def made(self, operation="execute-change-set"):
        """The stacks that an operation was called for, in order."""
        return [
            word.removeprefix("change-set-of-")
            for call in self.calls if call.startswith(f"cloudformation {operation} ")
            for word in call.split() if word.removeprefix("change-set-of-").startswith("t-")
        ]

    def test_the_stacks_are_deployed_in_the_order_of_their_imports(self):
        said = self.deploy("t", "dev", "v1", "--yes")
        self.assertEqual(self.made(), BASE)
        self.assertIn("http://t.example/", said)

    def test_each_stack_is_given_the_values_that_its_template_takes(self):
        self.deploy("t", "dev", "v1", "--yes")
        given = {}
        for call in self.calls:
            if call.startswith("cloudformation create-change-set"):
                text = call.split("--parameters ")[1].split(" --tags")[0]
                name = call.split("--stack-name t-")[1].split()[0]
                given[name] = {it["ParameterKey"]: it["ParameterValue"] for it in json.loads(text)}
        values = templates.parameter_files()["dev"] | {"Prefix": "t", "ImageTag": "v1"}
        every = templates.load()
        for layer in templates.LAYERS:
            template = every[layer]
            wanted = {name: values[name] for name in template["Parameters"] if name in values}
            self.assertEqual(given[layer], wanted, layer)

    def test_it_speaks_the_language_of_the_locale(self):
        self.locale = "ja_JP.UTF-8"
        said = self.deploy("t", "dev", "v1", "--yes", "--only", "network")
        self.assertIn("t-network: 新規", said)
        self.assertIn("deploy: 完了。", said)

    def test_a_stack_without_changes_is_left_alone(self):
        self.world |= {"stacks": {name: ["CREATE_COMPLETE"] for name in BASE}, "changes": {name: [] for name in BASE}}
        said = self.deploy("t", "dev", "v1", "--yes")
        self.assertEqual((said.count("no changes"), self.made()), (5, []))

    def test_the_first_failure_ends_it_with_the_root_reason_and_the_next_step(self):
        self.world["runs"] = {"t-data": ["CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"]}
        said = self.deploy("t", "dev", "v1", "--yes", status=1)
        self.assertIn("t-data failed (ROLLBACK_COMPLETE)", said)
        self.assertIn("run the same command again", said)
        self.assertEqual(self.made(), BASE[:3])

    def test_the_reason_is_what_failed_first_not_what_was_cancelled(self):
        self.world |= {"stacks": {"t-network": ["ROLLBACK_FAILED"]}, "refused": {"delete-stack": "AccessDenied"}}
        self.world["events"] = {"t-network": [
            ["Vpc", "CREATE_FAILED", "too many VPCs"], ["Other", "CREATE_FAILED", "Resource creation cancelled"],
        ]}
        said = self.deploy("t", "dev", "v1", "--yes", status=1)
        self.assertIn("Vpc: too many VPCs", said)
        self.assertNotIn("Other: ", said)

    def test_every_state_of_an_interrupted_run_is_taken_up(self):
        finished = ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
        cases = {
            # states, stacks deleted, kind of the change set
            "created while nobody watched": (finished, [], "UPDATE"),
            "killed before the change set was executed": (["REVIEW_IN_PROGRESS"], [], "CREATE"),
            "creation failed": (["ROLLBACK_COMPLETE"], ["t-data"], "CREATE"),
            "creation failed, and the way back too": (["ROLLBACK_FAILED"], ["t-data"], "CREATE"),
            "creation failed and was kept": (["CREATE_FAILED"], ["t-data"], "CREATE"),
            "an update went back": (["UPDATE_ROLLBACK_COMPLETE"], [], "UPDATE"),
            "an update's way back is stuck": (["UPDATE_ROLLBACK_FAILED"], [], "UPDATE"),
            "an update is being cleaned up": (
                ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"], [], "UPDATE"),
            "somebody deletes it": (["DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"], [], "CREATE"),
        }
        for why, (states, deleted, kind) in cases.items():
            with self.subTest(why):
                self.world |= {"stacks": {"t-data": list(states)}, "executed": []}
                self.deploy("t", "dev", "v1", "--yes", "--only", "data")
                self.assertEqual(self.made("delete-stack"), deleted)
                self.assertEqual(self.made(), ["t-data"])
                [made] = [call for call in self.calls if " create-change-set " in call]
                self.assertIn(f"--change-set-type {kind} ", made)

    def test_states_that_need_a_person_are_explained(self):
        cases = {
            "DELETE_FAILED": "cloudformation/teardown",
            "UPDATE_FAILED": "aws cloudformation rollback-stack --stack-name t-data",
        }
        for state, words in cases.items():
            with self.subTest(state):
                self.world["stacks"] = {"t-data": [state]}
                self.assertIn(words, self.deploy("t", "dev", "v1", "--yes", "--only", "data", status=1))
                self.assertEqual(self.made(), [])

    def test_a_way_back_that_stays_stuck_is_explained(self):
        self.world |= {"stacks": {"t-data": ["UPDATE_ROLLBACK_FAILED"]}, "runs": {"t-data": ["UPDATE_ROLLBACK_FAILED"]}}
        said = self.deploy("t", "dev", "v1", "--yes", "--only", "data", status=1)
        self.assertIn("continue-update-rollback --stack-name t-data --resources-to-skip", said)

    def test_a_release_that_went_back_while_nobody_watched_is_a_failure(self):
        self.world["stacks"] = {
            "t-platform": ["CREATE_COMPLETE"], "t-service": ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"],
        }
        said = self.deploy("t", "dev", "v1", "--yes", "--only", "service", status=1)
        self.assertIn("t-service failed (UPDATE_ROLLBACK_COMPLETE)", said)

    def test_calls_without_an_answer_do_not_end_the_watching(self):
        self.world |= {"lost": {"t-network": 4}, "runs": {"t-network": ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]}}
        self.assertIn("trying again", self.deploy("t", "dev", "v1", "--yes", "--only", "network"))
        self.world["lost"] = {"t-network": 5}
        self.assertIn("ServiceUnavailable", self.deploy("t", "dev", "v1", "--yes", "--only", "network", status=1))

    def test_the_state_of_before_is_not_taken_for_the_end(self):
        self.world |= {
            "stacks": {"t-data": ["CREATE_COMPLETE"]},
            "runs": {"t-data": ["CREATE_COMPLETE", "CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]},
            "late": 3,
        }
        said = self.deploy("t", "dev", "v1", "--yes", "--only", "data", status=1)
        self.assertIn("t-data failed (UPDATE_ROLLBACK_COMPLETE)", said)

    def test_data_is_not_replaced_by_a_yes_meant_for_something_else(self):
        for change in ({"Action": "Remove"}, {"Action": "Modify", "Replacement": "True"},
                       {"Action": "Modify", "Replacement": "Conditional"}):
            self.world["stacks"] = {"t-data": ["CREATE_COMPLETE"]}
            about = {"LogicalResourceId": "Database", "ResourceType": "AWS::RDS::DBInstance", **change}
            self.world["changes"] = {"t-data": [{"Type": "Resource", "ResourceChange": about}]}
            with self.subTest(change):
                said = self.deploy("t", "dev", "v1", "--yes", "--only", "data", status=1)
                self.assertIn("--replace Database", said)
                self.assertEqual((self.made(), self.made("delete-change-set")), ([], ["t-data"]))
                self.deploy("t", "dev", "v1", "--yes", "--only", "data", "--replace", "Database")
                self.assertEqual(self.made(), ["t-data"])

    def test_what_is_protected_may_change_once_and_only_when_told(self):
        self.world["stacks"] = {"t-platform": ["CREATE_COMPLETE"]}
        about = {"LogicalResourceId": "ProductionRule", "ResourceType": "T", "Action": "Modify", "Replacement": "False"}
        self.world["changes"] = {"t-platform": [{"Type": "Resource", "ResourceChange": about}]}
        update = ("t", "dev", "v1", "--yes", "--only", "platform")
        self.assertIn("whose weights ECS has set", self.deploy(*update, status=1))
        self.assertEqual([], self.made())
        for end, status in (("UPDATE_COMPLETE", 0), ("UPDATE_ROLLBACK_COMPLETE", 1)):
            self.world["stacks"], self.world["runs"] = {"t-platform": ["CREATE_COMPLETE"]}, {"t-platform": [end]}
            (self.work / "calls").write_text("")
            self.deploy(*update, "--replace", "ProductionRule", status=status)
            calls = (self.work / "calls").read_text().splitlines()
            calls = [it for it in calls if "set-stack-policy" in it or "execute-change-set" in it]
            self.assertEqual(
                [("set-stack-policy", False), ("execute-change-set", False), ("set-stack-policy", True)],
                [(it.split()[1], "LogicalResourceId/ProductionRule" in it) for it in calls],
            )
            self.assertTrue(all("LogicalResourceId/TestRule" in it for it in calls if "policy" in it))

    def test_a_missing_image_ends_it_before_the_service_and_says_how_to_push(self):
        self.world["images"] = []
        said = self.deploy("t", "dev", "v1", "--yes", status=1)
        self.assertEqual(self.made(), BASE[:4])
        self.assertIn("cloudformation/push t dev v1", said)

    def test_a_refused_look_at_the_repository_is_not_taken_for_a_missing_image(self):
        self.world["refused"] = {"ecr describe-images": "AccessDeniedException"}
        said = self.deploy("t", "dev", "v1", "--yes", status=1)
        self.assertIn("AccessDeniedException", said)
        self.assertNotIn("cloudformation/push", said)

    def test_wrong_usage_touches_nothing(self):
        for arguments in (
            [], ["t", "dev"], ["T_", "dev", "v1", "--yes"], ["t", "staging", "v1", "--yes"],
            ["t", "dev", "latest", "--yes"], ["t", "dev", "v1"], ["t", "dev", "v1", "--yes", "--only", "nothing"],
        ):
            with self.subTest(arguments):
                self.deploy(*arguments, status=2)
                self.assertEqual(self.calls, [])

    def test_the_role_of_the_pipeline_reaches_cloudformation(self):
        self.world["stacks"] = {f"t-{layer}": ["CREATE_COMPLETE"] for layer in templates.LAYERS}
        self.deploy("t", "dev", "v1", "--yes", "--only", "service", "--role-arn", "arn:aws:iam::1:role/r")
        [made] = [call for call in self.calls if " create-change-set " in call]
        self.assertIn("--role-arn arn:aws:iam::1:role/r", made)

    def test_a_parameter_that_no_template_takes_is_refused(self):
        copy = self.work / "cloudformation"
        shutil.copytree(templates.ROOT, copy, ignore=shutil.ignore_patterns("tests"))
        values = {"Parameters": {"MultiAz": "true"}}
        (copy / "parameters" / "dev.json").write_text(json.dumps(values))
        said = self.deploy("t", "dev", "v1", "--yes", status=2, script=copy / "deploy")
        self.assertIn("no template takes MultiAz", said)

    def at_a_terminal(self, answer, status):
        """Somebody answers the first question."""
        environment = self.environment()
        person, terminal = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, templates.ROOT / "deploy", "t", "dev", "v1", "--only", "network"],
            env=environment, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        os.close(terminal)
        said = b""
        while b"[y/N]" not in said and (some := process.stdout.read1()):
            said += some
        os.write(person, answer)
        said += process.communicate(timeout=30)[0]
        os.close(person)
        self.calls = (self.work / "calls").read_text().splitlines()
        self.assertEqual(process.returncode, status, said)

    def test_it_asks_and_does_nothing_without_a_yes(self):
        for answer, status, executed in ((b"y\n", 0, ["t-network"]), (b"n\n", 1, []), (b"\n", 1, [])):
            with self.subTest(answer):
                self.at_a_terminal(answer, status)
                self.assertEqual(self.made(), executed)
                # Neither a change set nor the empty shell of a stack stays behind.
                self.assertEqual(self.made("delete-stack"), [] if executed else ["t-network"])

    def test_an_interruption_says_how_to_go_on(self):
        self.world["stacks"] = {"t-network": ["CREATE_IN_PROGRESS"]}  # for ever
        process = subprocess.Popen(
            [sys.executable, "-u", templates.ROOT / "deploy", "t", "dev", "v1", "--yes", "--only", "network"],
            env=self.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            # Whoever runs the tests in the background may have told them to ignore it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        said = b""
        while b"still working" not in said and (some := process.stdout.read1()):
            said += some
        process.send_signal(signal.SIGINT)
        said += process.communicate(timeout=30)[0]
        self.assertEqual(process.returncode, 130, said)
        self.assertIn(b"run the same command again to go on", said)


class Templates(unittest.TestCase):
    def test_the_list_of_stacks_is_the_templates_that_there_are(self):
        listed = [stack.name for stack in stacks.STACKS]
        self.assertEqual(sorted(listed), sorted(path.stem for path in templates.ROOT.glob("*.yaml")))
        self.assertEqual([it.name for it in stacks.STACKS if not it.optional], templates.LAYERS)

    def test_what_is_read_from_a_template_is_what_it_says(self):
        for stack in stacks.STACKS:
            parsed = templates.parse(stack.template.read_text())
            self.assertEqual(stack.parameters(), list(parsed["Parameters"]), stack.name)
            needed = [name for name, it in parsed["Parameters"].items() if "Default" not in it]
            self.assertEqual(stack.required(), needed, stack.name)
            said = {name: it["Metadata"]["Description"] for name, it in parsed["Resources"].items()}
            self.assertEqual(stack.purposes(), said)

    def test_no_template_is_too_large_to_be_sent(self):
        for stack in stacks.STACKS:
            self.assertLess(stack.template.stat().st_size, stacks.LARGEST_TEMPLATE, stack.name)


if __name__ == "__main__":
    unittest.main()
