"""The documents say what is there: drawings, links, commands and options."""

import re
import subprocess
import sys
import unittest

import commands
import diagram
import templates

ROOT = templates.ROOT.parent
PROCEDURES = sorted((ROOT / "runbooks/procedures").glob("*.md"))
JAPANESE = sorted((ROOT / "runbooks/ja/procedures").glob("*.md"))
OURS = [*PROCEDURES, *JAPANESE, *sorted(templates.ROOT.glob("*.md"))]


class Documents(unittest.TestCase):
    def test_the_drawings_are_what_the_templates_say(self):
        for lang, path in diagram.FILES.items():
            self.assertEqual(path.read_text(encoding="utf-8"), diagram.renewed(path, lang), "run `make diagram`")

    def test_the_drawing_shows_the_way_of_a_request_and_the_way_out(self):
        drawn = diagram.draw("en")
        for edge in (
            "internet -->|80, 443| platform_LoadBalancer", "platform_LoadBalancer -->|8080| service_Service",
            "service_Service -->|5432| data_DBInstance", "service_Service --> network_NatGateway",
            "service_Service -. uses .-> data_Secret",
        ):
            self.assertIn(edge, drawn)

    def test_links_lead_to_files_and_headings(self):
        for path in OURS:
            for target in re.findall(r"\]\((?!https?:)([^)]+)\)", path.read_text(encoding="utf-8")):
                file, _, heading = target.partition("#")
                found = (path.parent / file).resolve() if file else path
                self.assertTrue(found.exists(), f"{path}: {target}")
                if heading:
                    titles = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), re.MULTILINE)
                    anchors = {re.sub(r"[^\w\- ]", "", it.lower()).replace(" ", "-") for it in titles}
                    self.assertIn(heading, anchors, f"{path}: {target}")

    def test_every_command_is_one_that_the_aws_cli_knows(self):
        seen = 0
        for path in [*OURS, *sorted((ROOT / "runbooks").glob("*.md")), *sorted((ROOT / "runbooks/ja").glob("*.md"))]:
            for block in commands.blocks(path):
                for words in commands.aws_commands(block):
                    seen += 1
                    self.assertEqual(commands.faults(words), [], f"{path.relative_to(ROOT)}: aws {' '.join(words)}")
        self.assertGreater(seen, 100)

    def test_a_wrong_command_would_be_noticed(self):
        for line, fault in {
            "aws ecs list-servicez": "ecs has no list-servicez",
            "aws elb2 describe-tags": "no service elb2",
            "aws rds stop-db-instance --db-instance x": "rds stop-db-instance has no --db-instance",
            "aws rds stop-db-instance": "rds stop-db-instance lacks --db-instance-identifier",
            "aws ecs wait services-steady --services x": "ecs has no waiter services-steady",
            'x="$(aws ecs list-clusters --clusterz y)"': "ecs list-clusters has no --clusterz",
        }.items():
            [words] = commands.aws_commands(line)
            self.assertIn(fault, commands.faults(words))

    def test_both_languages_have_the_same_procedures_with_the_same_commands(self):
        self.assertEqual([path.name for path in PROCEDURES], [path.name for path in JAPANESE])
        for english, japanese in zip(PROCEDURES, JAPANESE, strict=True):
            self.assertEqual(commands.blocks(english), commands.blocks(japanese), english.name)

    def test_every_procedure_is_listed_and_says_how_to_see_and_to_undo(self):
        index = PROCEDURES[0].parent.joinpath("README.md").read_text(encoding="utf-8")
        for path in PROCEDURES:
            if path.name == "README.md":
                continue
            self.assertIn(f"({path.name})", index)
            titles = re.findall(r"^## (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            self.assertIn("See", titles, path.name)
            self.assertIn("Undo", titles, path.name)

    def test_the_options_of_our_scripts_are_those_that_they_take(self):
        for name in ("deploy", "teardown"):
            helped = subprocess.run(
                [sys.executable, templates.ROOT / name, "--help"], capture_output=True, text=True, check=True
            ).stdout
            for path in OURS:
                for block in commands.blocks(path):
                    for call in re.findall(rf"cloudformation/{name} (.*)", block):
                        for option in re.findall(r"--[a-z-]+", call.replace("git rev-parse --short", "")):
                            self.assertIn(option, helped, f"{path.name}: {call}")

    def test_a_load_on_what_is_not_this_machine_says_whose_it_is(self):
        seen = 0
        for path in PROCEDURES + JAPANESE:
            for block in commands.blocks(path):
                for call in re.findall(r"loadtest run (.*)", block):
                    seen += 1
                    self.assertIn("--i-own-this-target", call, path.name)  # loadtest refuses it without
        self.assertGreater(seen, 0)

    def test_the_parameters_that_the_procedures_name_exist(self):
        known = {name for template in templates.load().values() for name in template.get("Parameters", {})}
        for path in PROCEDURES:
            text = path.read_text(encoding="utf-8")
            for name in re.findall(r"`([A-Z][a-z]+(?:[A-Z][A-Za-z]+)+)`", text):
                if name not in NOT_PARAMETERS:
                    self.assertIn(name, known, path.name)


# Other things that are written in the same way.
NOT_PARAMETERS = {"AvailabilityZone", "TaskDefinition"}


if __name__ == "__main__":
    unittest.main()
