"""The templates keep every rule, and every rule notices when a template breaks it.

Run from the root of the checkout: python -m unittest discover cloudformation/tests
"""

import copy
import re
import sys
import unittest

import layouts
import templates
from faults import FAULTS, GONE
from rules import RULES, broken

GONE_TEXT = "removed"


def break_at(stacks, files, place, value):
    """Copies of the templates and parameter files with one fault."""
    whole = copy.deepcopy({**stacks, "files": files})
    steps = [step.replace("\\.", ".") for step in re.split(r"(?<!\\)\.", place)]
    *path, last = [int(step) if step.isdigit() else step for step in steps]
    parent = whole
    for step in path:
        parent = parent[step]
    if value is GONE:
        del parent[last]
    else:
        parent[last] = value
    return whole, whole.pop("files")

sys.path.insert(0, str(templates.ROOT))
from ops.stacks import STACKS  # noqa: E402

PROTECTED = (
    "AWS::RDS::DBInstance", "AWS::SecretsManager::Secret", "AWS::ECR::Repository", "AWS::S3::Bucket",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
)


class Templates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stacks = templates.load()
        cls.files = templates.parameter_files()

    def test_every_template_is_a_layer_or_an_option(self):
        self.assertEqual(sorted(path.stem for path in templates.ROOT.glob("*.yaml")), sorted(templates.LAYERS + templates.OPTIONS))

    def test_both_environments_have_a_parameter_file(self):
        self.assertEqual(list(self.files), ["dev", "prod"])

    def test_the_templates_keep_every_rule(self):
        for name in RULES:
            with self.subTest(rule=name):
                self.assertEqual(list(broken(name, self.stacks, self.files)), [])

    def test_every_rule_notices_its_faults(self):
        self.assertEqual(RULES.keys(), FAULTS.keys())
        for name, faults in FAULTS.items():
            for place, value in faults:
                with self.subTest(rule=name, place=place, value=GONE_TEXT if value is GONE else value):
                    self.assertTrue(any(broken(name, *break_at(self.stacks, self.files, place, value))))

    def test_every_choice_of_a_parameter_is_in_a_layout(self):
        made = [layouts.values_of(self.stacks, given) for given in layouts.layouts(self.files).values()]
        for name, template in self.stacks.items():
            for parameter, about in template["Parameters"].items():
                # Sizes, days and the like have no condition of their own.
                if parameter in ("LogRetentionDays", "MonitoringInterval", "Cpu", "Memory"):
                    continue
                for choice in about.get("AllowedValues", []):
                    with self.subTest(template=name, parameter=parameter, choice=choice):
                        self.assertIn(str(choice), {str(values.get(parameter)) for values in made})

    def test_a_stack_policy_protects_what_holds_data_and_what_ecs_changes(self):
        for stack in STACKS:
            found = {
                name
                for kind in PROTECTED
                for name in templates.resources_of(self.stacks[stack.name], kind)
                if name != "CalendarRule"  # it has no weights
            }
            self.assertEqual(found, set(stack.protected), stack.name)

    def test_a_key_given_twice_is_an_error(self):
        with self.assertRaisesRegex(Exception, "given twice"):
            templates.parse("Resources:\n  A: 1\n  A: 2\n")


if __name__ == "__main__":
    unittest.main()
