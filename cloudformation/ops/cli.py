"""The AWS CLI, and talking to the person who runs us, in English or Japanese."""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from typing import Any, NoReturn


class Refused(Exception):
    """A call that AWS or the AWS CLI did not accept, with their words."""


class Stop(Exception):
    """The end of the run: an exit code and what to say."""

    def __init__(self, code: int, *lines: str):
        super().__init__("\n".join(lines))
        self.code = code


def say_in(english: str, japanese: str) -> str:
    """The text in the reader's language, by the same variables as every other program."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return japanese if locale.startswith("ja") else english


def row(head: str, text: str) -> str:
    """Both in one line; on a terminal the text goes on under its beginning, or on a narrow one below the head."""
    if not sys.stdout.isatty():
        return (head + text).rstrip()
    width = shutil.get_terminal_size().columns
    indent = " " * len(head)
    if width < len(head) + 30:
        head, indent = f"{head.rstrip()}\n", "      "
        return head + textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)
    return textwrap.fill(text, width, initial_indent=head, subsequent_indent=indent).rstrip()


def stop(code: int, *lines: str) -> NoReturn:
    raise Stop(code, *lines)


def aws(*arguments: str, region: str | None = None) -> Any:
    """One call; its answer as JSON, or `Refused` with the words of AWS."""
    command = ["aws", *arguments, "--output", "json", *(["--region", region] if region else [])]
    environment = {**os.environ, "AWS_PAGER": ""}
    # Version 1 of the CLI knows only the second name.
    if "AWS_REGION" in environment:
        environment.setdefault("AWS_DEFAULT_REGION", environment["AWS_REGION"])
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise Refused(f"aws {' '.join(arguments[:2])}: {done.stderr.strip() or done.returncode}")
    # A refused call inside a warning must not hide: what the CLI says besides goes to the reader.
    if done.stderr.strip():
        print(done.stderr.strip(), file=sys.stderr)
    return json.loads(done.stdout) if done.stdout.strip() else None


def says(refused: Refused, words: str) -> bool:
    """Whether the refusal has these words in it, which is how the CLI tells one from another."""
    return re.search(words, str(refused)) is not None


def ask(question: str) -> bool:
    """Yes or no from the terminal; no is what an empty line means."""
    answer = input(f"{question} [y/N] ").strip().lower()
    return answer in ("y", "yes", "はい")
