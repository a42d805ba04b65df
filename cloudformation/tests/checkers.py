"""The three checkers that others wrote, and which of their findings we accept, with the reason.

Each of the functions takes files and gives the findings as `Finding`s. cfn-lint runs in the
environment of the local AWS's tools, the other two in one of their own (`.ci/setup --checkers`).
"""

import collections
import json
import os
import pathlib
import subprocess
import sys

import templates

REPOSITORY = templates.ROOT.parent
CFN_LINT = REPOSITORY / ".venv" / "bin" / "cfn-lint"
OTHERS = REPOSITORY / ".venv-checkers" / "bin"
GUARD = templates.ROOT / "rules.guard"
REGION = "ap-northeast-1"

Finding = collections.namedtuple("Finding", "tool rule file resource message")

# cloudformation-validate fixes the parameters, and then takes the branches that are not chosen for faults.
_BRANCH = "It fixes the parameters and still follows the branch that they do not take; cfn-lint looks at all values"
# Findings that are not about the templates, by rule and resource ("*" for any), with the reason.
MISTAKEN = {
    ("W1001", "DbSecretArn"): _BRANCH,
    ("W1030", "ExecutionRole"): _BRANCH,
    ("W1030", "TaskRole"): _BRANCH,
    ("W1028", "*"): _BRANCH,
    ("W2503", "AppDefaultRouteA"): _BRANCH,
    ("W2503", "AppDefaultRouteB"): _BRANCH,
    ("W2509", "MasterSecret"): "It takes the choice of who keeps the password for a password",
    ("W2509", "OidcClientSecretArn"): "It takes the ARN of a secret for the secret",
    ("W2509", "SlackWebhookSecretArn"): "It takes the ARN of a secret for the secret",
    ("W2509", "CheckSecretKeys"): "It takes a switch whose name has the word secret in it for a secret",
}
# What the parameters of an environment give up on purpose.
GIVEN_UP = {
    "dev": {
        "CKV_AWS_65": "Container Insights is billed by the metric, and nobody watches a development cluster at night",
        "CKV_AWS_118": "Enhanced monitoring is billed by the log line; CloudWatch's own metrics remain",
        "CKV_AWS_157": "A standby doubles the price of a database that may be away for an hour",
    },
    "prod": {},
}


def with_defaults(text, values):
    """A template with other defaults, which is all that checkov and cfn-lint look at."""
    lines, parameter, section = [], None, None
    for line in text.splitlines():
        if line and line[0] not in " #":
            section = line.partition(":")[0]
        if section == "Parameters" and line.startswith("  ") and line[2] not in " #":
            parameter = line.strip().rstrip(":")
        if section == "Parameters" and line.startswith("    Default:") and parameter in values:
            number = line.partition(":")[2].strip().replace(".", "").isdigit()
            line = f"    Default: {values[parameter] if number else json.dumps(values[parameter])}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _run(command):
    for program in command[:1]:
        if not pathlib.Path(program).exists():
            sys.exit(f"{program} is missing: run .ci/setup --checkers")
    environment = {**os.environ, "BC_SKIP_MAPPING": "true", "LOG_LEVEL": "ERROR"}
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False).stdout


def cfn_lint(files):
    """Errors, warnings and informational findings of cfn-lint."""
    text = _run([CFN_LINT, "--regions", REGION, "--include-checks", "I", "--format", "json", "--", *files])
    for found in json.loads(text or "[]"):
        path = found["Location"]["Path"] or []
        resource = path[1] if len(path) > 1 and path[0] in ("Resources", "Parameters", "Outputs") else ""
        yield Finding("cfn-lint", found["Rule"]["Id"], found["Filename"], str(resource), found["Message"])


def checkov(files):
    """Failed checks of checkov, and how many passed, failed and were skipped in each directory."""
    listed = [argument for file in files for argument in ("--file", str(file))]
    text = _run([OTHERS / "checkov", *listed, "--framework", "cloudformation", "secrets", "--skip-download", "--output", "json"])
    reports = json.loads(text or "[]")
    found, counts = [], collections.defaultdict(collections.Counter)
    for report in reports if isinstance(reports, list) else [reports]:
        for state in ("passed", "failed", "skipped"):
            for check in report.get("results", {}).get(f"{state}_checks", []):
                file = pathlib.Path(check["file_abs_path"])
                counts[file.parent.name][state] += 1
                if state == "failed":
                    resource = check["resource"].rpartition(".")[2]
                    found.append(Finding("checkov", check["check_id"], str(file), resource, check["check_name"]))
    return found, counts


def validate(values_by_file):
    """Warnings and errors of cloudformation-validate, of each file with its own parameters; our Guard rules too."""
    files = {str(file): values for file, values in values_by_file.items()}
    job = json.dumps({"files": files, "region": REGION, "guard": str(GUARD)})
    program = pathlib.Path(__file__).with_name("validate.py")
    for found in json.loads(_run([OTHERS / "python", program, job]) or "[]"):
        yield Finding("cloudformation-validate", *found)


def accepted(finding, environment=None):
    """Why a finding is none, or nothing."""
    if finding.tool == "checkov":
        return GIVEN_UP.get(environment, {}).get(finding.rule)
    if finding.tool == "cloudformation-validate":
        return MISTAKEN.get((finding.rule, finding.resource)) or MISTAKEN.get((finding.rule, "*"))
    return None
