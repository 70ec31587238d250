"""``explain``: the cause that an error text from standard input tells, as JSON."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from typing import BinaryIO

from shared.explain import CauseLabel, Certainty, Explanation, explain

LONGEST_LINE = 32_000_000
"""Bytes of one line that are read: far more than any error, far less than memory."""


class BadLineError(ValueError):
    """A line that holds no ``{"id", "message"}``. The message says what is wrong with it."""


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of ``explain``."""
    parser.add_argument(
        "--jsonl",
        action="store_true",
        help='read one {"id", "message"} a line, and answer each with a line',
    )


def run(arguments: Namespace) -> int:
    """Explain what comes in. Exit code 0, whatever it is."""
    source = sys.stdin.buffer
    try:
        if arguments.jsonl:
            explain_lines(source)
        else:
            _print("", explain(source.read().decode("utf-8", "replace")))
    except BrokenPipeError:  # whoever reads the answers has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def explain_lines(source: BinaryIO) -> None:
    """Answer line by line, each as soon as it is there. Empty lines get no answer."""
    while line := source.readline(LONGEST_LINE):
        if line.strip():
            _print(*_answer(line))


def _answer(line: bytes) -> tuple[object, Explanation]:
    try:
        name, message = _read(line)
    except BadLineError as error:
        why = f"bad line: {error}"
        return None, Explanation(cause=CauseLabel.UNKNOWN, confidence=Certainty.LOW, why=why)
    if not isinstance(message, str):
        why = 'bad line: "message" is no text'
        return name, Explanation(cause=CauseLabel.UNKNOWN, confidence=Certainty.LOW, why=why)
    return name, explain(message)


def _read(line: bytes) -> tuple[object, object]:
    try:
        given = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise BadLineError(f"no JSON ({error})") from error
    if not isinstance(given, dict):
        raise BadLineError("no JSON object")
    return given.get("id"), given.get("message")


def problem_code(cause: CauseLabel) -> str:
    """The code of the problem that a finding would carry, empty for UNKNOWN.

    As ``shared.checks.reported`` names them; importing every check would double the start.
    """
    return "" if cause is CauseLabel.UNKNOWN else f"REPORTED_{cause.name}"


def _print(name: object, found: Explanation) -> None:
    """One answer. ASCII only, so that no text can break the output."""
    answer = {
        "id": name,
        "cause": found.cause.value,
        "confidence": found.confidence.value,
        "why": found.why,
        "problem": problem_code(found.cause),
        "reference": found.reference,
    }
    print(json.dumps(answer), flush=True)
