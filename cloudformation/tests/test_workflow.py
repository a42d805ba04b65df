"""The pipeline: nothing from outside that can change, no key, and our own scripts with options that they have."""

import re
import subprocess
import sys
import unittest

import templates
import yaml

PATH = templates.ROOT.parent / ".github/workflows/deploy.yml"
TEXT = PATH.read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load(TEXT)
[JOB] = WORKFLOW["jobs"].values()


class Pipeline(unittest.TestCase):
    def test_actions_are_pinned_to_a_commit_with_its_version_beside_it(self):
        used = re.findall(r"uses: (.*)", TEXT)
        self.assertEqual(len(used), 2)
        for action in used:
            self.assertRegex(action, r"^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")

    def test_it_may_ask_for_a_token_and_read_the_code_and_nothing_else(self):
        self.assertEqual(WORKFLOW["permissions"], {})
        self.assertEqual(JOB["permissions"], {"contents": "read", "id-token": "write"})
        self.assertNotIn("secrets.", TEXT)

    def test_nothing_of_others_is_pasted_into_a_shell(self):
        for step in JOB["steps"]:
            self.assertNotIn("${{", step.get("run", ""))

    def test_each_environment_is_a_parameter_file_and_they_take_turns(self):
        choice = WORKFLOW[True]["workflow_dispatch"]["inputs"]["environment"]  # YAML reads the key `on` as true
        self.assertEqual(sorted(choice["options"]), sorted(templates.parameter_files()))
        self.assertEqual(JOB["environment"], "${{ inputs.environment }}")
        self.assertFalse(WORKFLOW["concurrency"]["cancel-in-progress"])

    def test_the_image_is_pushed_under_the_commit_before_it_is_deployed_without_questions(self):
        push, deploy = [step["run"] for step in JOB["steps"] if "run" in step]
        self.assertEqual(push, 'cloudformation/push "$PREFIX" "$ENVIRONMENT" "$GITHUB_SHA"')
        self.assertTrue(deploy.startswith('cloudformation/deploy "$PREFIX" "$ENVIRONMENT" "$GITHUB_SHA" --only service'))
        self.assertIn("--yes", deploy)
        helped = subprocess.run(
            [sys.executable, templates.ROOT / "deploy", "--help"], capture_output=True, text=True, check=True
        ).stdout
        for option in re.findall(r"--[a-z-]+", deploy):
            self.assertIn(option, helped)
        given = {name for step in JOB["steps"] for name in step.get("env", {})} | set(JOB["env"])
        self.assertLessEqual(set(re.findall(r"\$([A-Z_]+)", push + deploy)), given | {"GITHUB_SHA"})


if __name__ == "__main__":
    unittest.main()
