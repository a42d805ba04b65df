"""`deploy` against an AWS CLI that writes down what it is asked and answers what the test says."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import templates

DEPLOY = templates.ROOT / "deploy"
# Answers with the first line of $ANSWERS whose words before "=>" all occur in the arguments:
# an exit code and a text. Whatever has no line succeeds without a word.
AWS = r"""#!/usr/bin/env bash
echo "$*" >>"$CALLS"
while IFS='|' read -r words status text; do
  for word in $words; do [[ " $* " == *" $word "* ]] || continue 2; done
  if [[ $status == 0 ]]; then printf '%b\n' "$text"; else printf '%b\n' "$text" >&2; fi
  exit "$status"
done <"$ANSWERS"
"""
PLATFORM = "describe-stacks --stack-name t-platform"
OUTPUTS = [
    f"{PLATFORM} Stacks[0].Outputs[?OutputKey=='RepositoryName'].OutputValue|0|images",
    f"{PLATFORM} Stacks[0].Outputs[?OutputKey=='RepositoryUri'].OutputValue|0|1.dkr.ecr.example/images",
    f"{PLATFORM} Stacks[0].Outputs[?OutputKey=='LoadBalancerDnsName'].OutputValue|0|t.elb.example",
]
NO_IMAGE = "ecr describe-images imageTag=v1|254|An error occurred (ImageNotFoundException)"


class Deploy(unittest.TestCase):
    def run_deploy(self, *arguments, answers=()):
        """The finished process and the calls that it made."""
        with tempfile.TemporaryDirectory() as directory:
            work = pathlib.Path(directory)
            (work / "aws").write_text(AWS)
            (work / "aws").chmod(0o755)
            (work / "answers").write_text("".join(f"{line}\n" for line in [*answers, *OUTPUTS]))
            (work / "calls").touch()
            environment = {
                **os.environ,
                "PATH": f"{work}:{os.environ['PATH']}",
                "ANSWERS": str(work / "answers"),
                "CALLS": str(work / "calls"),
            }
            done = subprocess.run([DEPLOY, *arguments], env=environment, capture_output=True, text=True, timeout=30)
            return done, (work / "calls").read_text().splitlines()

    def deployed(self, calls):
        return [call.split("--stack-name t-")[1].split()[0] for call in calls if call.startswith("cloudformation deploy")]

    def test_the_stacks_are_deployed_in_the_order_of_their_imports(self):
        done, calls = self.run_deploy("t", "dev", "v1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.deployed(calls), templates.LAYERS)
        self.assertIn("http://t.elb.example/", done.stdout)

    def test_the_values_of_the_environment_are_passed_and_an_unchanged_stack_is_no_error(self):
        _, calls = self.run_deploy("t", "dev", "v1")
        for call in (call for call in calls if call.startswith("cloudformation deploy")):
            for word in ("--no-fail-on-empty-changeset", "Prefix=t", "MultiAZ=false", "NatGateways=1"):
                self.assertIn(word, call.split())
        self.assertIn("ImageTag=v1", calls[-2].split())

    def test_the_first_failure_ends_it_with_the_reason_and_the_next_step(self):
        done, calls = self.run_deploy("t", "dev", "v1", answers=[
            "cloudformation deploy t-data|255|Failed to create/update the stack",
            "describe-stack-events t-data|0|2026-01-01\\tDatabase\\tno such instance class",
            "describe-stacks t-data|0|ROLLBACK_COMPLETE",
        ])
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.deployed(calls), ["network", "security", "data"])
        self.assertIn("t-data failed (status: ROLLBACK_COMPLETE)", done.stderr)
        self.assertIn("no such instance class", done.stderr)
        self.assertIn("delete-stack --stack-name t-data", done.stderr)

    def test_a_missing_image_ends_it_before_the_service_and_says_how_to_push(self):
        done, calls = self.run_deploy("t", "dev", "v1", answers=[NO_IMAGE])
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.deployed(calls), ["network", "security", "data", "platform"])
        self.assertIn("docker push 1.dkr.ecr.example/images:v1", done.stderr)

    def test_a_refused_look_at_the_repository_is_not_taken_for_a_missing_image(self):
        done, _ = self.run_deploy("t", "dev", "v1", answers=["ecr describe-images|254|AccessDeniedException: no"])
        self.assertEqual(done.returncode, 1)
        self.assertIn("AccessDeniedException", done.stderr)
        self.assertNotIn("docker push", done.stderr)

    def test_wrong_usage_touches_nothing(self):
        for arguments in ([], ["t", "dev"], ["T_", "dev", "v1"], ["t", "staging", "v1"], ["t", "dev", "latest"]):
            with self.subTest(arguments=arguments):
                done, calls = self.run_deploy(*arguments)
                self.assertEqual((done.returncode, calls), (2, []), done.stderr)


if __name__ == "__main__":
    unittest.main()
