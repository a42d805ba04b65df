"""The commands in the fenced blocks of our documents, and whether the AWS CLI knows them.

Version 2 of the CLI takes its commands from the same models as botocore: an operation and its
parameters in lower case with hyphens, and waiters under `wait`.
"""

import pathlib
import re
import shlex

import botocore.session
from botocore import xform_name

FENCE = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
# Options of every command, and those that the CLI adds to commands that come in pages.
GLOBAL = {"--output", "--query", "--region", "--profile", "--endpoint-url", "--no-cli-pager", "--cli-input-json"}
PAGES = {"--max-items", "--page-size", "--starting-token", "--no-paginate"}
# Commands that the CLI has written itself, with the options of theirs that we use.
OWN = {("ecr", "get-login-password"): set(), ("s3", "rm"): {"--recursive"}, ("s3", "cp"): {"--recursive"}, ("logs", "tail"): {"--since", "--follow"}}
# Options that the CLI has added to commands of the model, for one rule of a security group.
_RULE = {"--protocol", "--port", "--cidr", "--source-group"}
ADDED = {
    ("ec2", f"{verb}-security-group-{direction}"): _RULE for verb in ("authorize", "revoke") for direction in ("ingress", "egress")
}
_SESSION = botocore.session.get_session()


def blocks(path: pathlib.Path) -> list[str]:
    """The shell blocks of a Markdown file."""
    return FENCE.findall(path.read_text(encoding="utf-8"))


def aws_commands(text: str) -> list[list[str]]:
    """The words of each call of the AWS CLI in a shell block, also of one inside another."""
    text = re.sub(r"\\\n\s*", " ", text)
    found = []
    for begin in re.finditer(r"(?:^|[\s($\"'])aws (?=[a-z])", text, re.MULTILINE):
        rest = text[begin.end() :].split("\n")[0]
        found.append(_words(rest))
    return found


def _words(text: str) -> list[str]:
    """Up to where the command ends: a pipe, a semicolon, a closing bracket or the end of the line."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="|;()&")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words = []
    try:
        for word in lexer:
            if re.fullmatch(r"[|;()&]+", word):
                break
            words.append(word)
    except ValueError:  # the quote of the command around this one
        pass
    return words


def faults(words: list[str]) -> list[str]:
    """What the AWS CLI would not understand."""
    service, operation, *rest = words
    options = {word.split("=")[0] for word in rest if word.startswith("--")}
    if (service, operation) in OWN:
        return [f"{service} {operation} has no {it}" for it in options - OWN[service, operation] - GLOBAL]
    service = {"s3api": "s3"}.get(service, service)
    if service not in _SESSION.get_available_services():
        return [f"no service {service}"]
    if operation == "wait":
        waiters = _SESSION.get_waiter_model(service)
        names = {xform_name(name, "-"): name for name in waiters.waiter_names}
        if rest[0] not in names:
            return [f"{service} has no waiter {rest[0]}"]
        name = waiters.get_waiter(names[rest[0]]).operation
    else:
        names = {xform_name(name, "-"): name for name in _SESSION.get_service_model(service).operation_names}
        if operation not in names:
            return [f"{service} has no {operation}"]
        name = names[operation]
    shape = _SESSION.get_service_model(service).operation_model(name).input_shape
    members = shape.members if shape else {}
    known = {f"--{xform_name(it, '-')}" for it in members} | GLOBAL | PAGES
    switches = {f"--no-{xform_name(it, '-')}": it for it, about in members.items() if about.type_name == "boolean"}
    known |= set(switches) | ADDED.get((service, operation), set())
    # The CLI makes up a token that only keeps a call from being done twice.
    needed = [it for it in (shape.required_members if shape else []) if not members[it].metadata.get("idempotencyToken")]
    required = {f"--{xform_name(it, '-')}" for it in needed}
    wrong = [f"{service} {operation} has no {it}" for it in sorted(options - known)]
    given = options | {f"--{xform_name(switches[it], '-')}" for it in options & set(switches)}
    return wrong + [f"{service} {operation} lacks {it}" for it in sorted(required - given)]
