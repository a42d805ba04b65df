"""Every mistake of mutations.py is noticed, and by what it says.

python cloudformation/tests/test_mutations.py --table asks every tool about every mistake, and prints all that notice.
"""

import pathlib
import sys
import tempfile
import unittest

import checkers
import templates
from mutations import MUTATIONS
from rules import RULES, broken

TOOLS = {"cfn-lint", "checkov", "cloudformation-validate"}


def mutated(mutation):
    """The texts of the templates that a mistake changes, by name."""
    texts = {}
    for file, old, new in mutation.changes:
        text = texts.get(file) or (templates.ROOT / f"{file}.yaml").read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise LookupError(f"{file}.yaml has {old!r} {text.count(old)} times")
        texts[file] = text.replace(old, new)
    return texts


def written(directory, mutations):
    """The changed templates as files, each mistake in a directory of its own."""
    files = []
    for number, mutation in mutations:
        place = pathlib.Path(directory) / str(number)
        place.mkdir()
        for name, text in mutated(mutation).items():
            (place / f"{name}.yaml").write_text(text, encoding="utf-8")
            files.append(place / f"{name}.yaml")
    return files


def noticed(findings):
    """Which rules of a tool speak, by the number of the mistake; what we accept does not count."""
    found = {}
    for it in findings:
        if not checkers.accepted(it):
            found.setdefault(int(pathlib.Path(it.file).parent.name), set()).add(f"{it.tool} {it.rule}")
    return found


def ask(tool, files):
    """What one of the tools says about the files."""
    if tool == "checkov":
        return noticed(checkers.checkov(files)[0])
    if tool == "cfn-lint":
        return noticed(checkers.cfn_lint(files))
    return noticed(checkers.validate({file: {"ImageTag": "3f2c1ab"} for file in files}))


def own(mutation):
    """Which of our own rules speak."""
    stacks = templates.load() | {name: templates.parse(text) for name, text in mutated(mutation).items()}
    files = templates.parameter_files()
    return {name for name in RULES if any(broken(name, stacks, files))}


class Mutations(unittest.TestCase):
    def test_there_are_as_many_as_we_know(self):
        self.assertEqual((41, 41), (len(MUTATIONS), len({mutation.name for mutation in MUTATIONS})))

    def test_our_rules_notice_theirs(self):
        for mutation in MUTATIONS:
            if mutation.caught_by.split()[0] not in TOOLS:
                with self.subTest(mutation.name):
                    stacks = templates.load() | {name: templates.parse(text) for name, text in mutated(mutation).items()}
                    self.assertTrue(any(broken(mutation.caught_by, stacks, templates.parameter_files())))

    def test_the_tools_notice_theirs(self):
        for tool in sorted(TOOLS):
            mine = [(number, it) for number, it in enumerate(MUTATIONS) if it.caught_by.startswith(f"{tool} ")]
            if not mine:
                continue
            with tempfile.TemporaryDirectory() as directory:
                found = ask(tool, written(directory, mine))
            for number, mutation in mine:
                with self.subTest(mutation.name, tool=tool):
                    self.assertIn(mutation.caught_by, found.get(number, set()))


def table():
    """Every mistake, and everything that notices it."""
    with tempfile.TemporaryDirectory() as directory:
        files = written(directory, list(enumerate(MUTATIONS)))
        found = [ask(tool, files) for tool in sorted(TOOLS)]
    print("| mistake | noticed by | also by |\n|---|---|---|")
    for number, mutation in enumerate(MUTATIONS):
        also = set().union(*(it.get(number, set()) for it in found)) | own(mutation)
        print(f"| {mutation.name} | {mutation.caught_by} | {', '.join(sorted(also - {mutation.caught_by}))} |")


if __name__ == "__main__":
    table() if "--table" in sys.argv else unittest.main()
