"""Runs the checkers over the templates with the defaults and with each environment's parameters.

    cloudformation/tests/check           ends with 1 when a finding has no reason, or the figures have changed
    cloudformation/tests/check --write   writes the figures down, in figures.md beside this file
"""

import collections
import concurrent.futures
import pathlib
import sys
import tempfile

import checkers
import templates

FIGURES = pathlib.Path(__file__).with_name("figures.md")
HEAD = """# What the checkers find in the templates

Written by `cloudformation/tests/check --write`, held by `make check`.
A skip stands at its resource, under `Metadata`, with its reason; what an environment gives up, and what a checker gets wrong, stands with its reason in `checkers.py`.

| parameters | templates | lines | checkov passed | checkov failed | skipped | given up | cfn-lint findings | cloudformation-validate findings | mistaken |
|---|---|---|---|---|---|---|---|---|---|
"""


def rendered(directory, environments):
    """The templates of each environment, with its parameters for defaults: files with their parameters."""
    files = {}
    for environment, values in environments.items():
        place = pathlib.Path(directory) / environment
        place.mkdir()
        for path in sorted(templates.ROOT.glob("*.yaml")):
            text = checkers.with_defaults(path.read_text(encoding="utf-8"), values)
            (place / path.name).write_text(text, encoding="utf-8")
            # A tag is always given, and only when deploying.
            files[place / path.name] = {**values, "ImageTag": "3f2c1ab"}
    return files


def look(environments):
    """All findings, by environment, and checkov's counts."""
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(2) as pool:
        files = rendered(directory, environments)
        first = pool.submit(checkers.checkov, files)
        found = [*checkers.cfn_lint(files), *checkers.validate(files)]
        more, counts = first.result()
    by_environment = collections.defaultdict(list)
    for it in [*found, *more]:
        by_environment[pathlib.Path(it.file).parent.name].append(it)
    return by_environment, counts


def main():
    environments = {"defaults": {}, **templates.parameter_files()}
    paths = list(templates.ROOT.glob("*.yaml"))
    size = f"{len(paths)} | {sum(len(path.read_text(encoding='utf-8').splitlines()) for path in paths)}"
    found, counts = look(environments)
    status, table = 0, HEAD
    for environment in environments:
        reasons = {it: checkers.accepted(it, environment) for it in found[environment]}
        bad = collections.Counter(it.tool for it, reason in reasons.items() if not reason)
        good = collections.Counter(it.tool for it, reason in reasons.items() if reason)
        for it in (it for it, reason in reasons.items() if not reason):
            print(f"{environment}: {it.tool} {it.rule}: {pathlib.Path(it.file).name} {it.resource}: {it.message}", file=sys.stderr)
            status = 1
        count = counts[environment]
        cells = [count["passed"], bad["checkov"], count["skipped"], good["checkov"], bad["cfn-lint"], bad["cloudformation-validate"]]
        table += f"| {environment} | {size} | {' | '.join(map(str, cells))} | {good['cloudformation-validate']} |\n"
    print(table.partition("\n\n| ")[2] and "| " + table.partition("\n\n| ")[2])
    if "--write" in sys.argv[1:]:
        FIGURES.write_text(table, encoding="utf-8")
    elif not status and FIGURES.read_text(encoding="utf-8") != table:
        print("the figures have changed: run cloudformation/tests/check --write", file=sys.stderr)
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
