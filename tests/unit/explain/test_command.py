"""``python -m shared explain``."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from shared.checks.reported import PROBLEMS
from shared.cli.explain import problem_code
from shared.explain import CauseLabel

KEYS = ["id", "cause", "confidence", "why", "problem", "reference"]


def run(given: bytes, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "shared", "explain", *arguments]
    return subprocess.run(  # noqa: S603 - our own module
        command, input=given, capture_output=True, check=False, timeout=60
    )


def answers(lines: Sequence[object]) -> list[dict[str, Any]]:
    given = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    done = run(given.encode("utf-8", "surrogatepass"), "--jsonl")
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_text_is_answered_with_one_object() -> None:
    done = run(
        b'manifest for wingtip.azurecr.io/a/b:9 not found: manifest tagged by "9" is not found'
    )
    answer = json.loads(done.stdout)
    assert list(answer) == KEYS
    assert answer["cause"] == "not_found_tag"
    assert answer["problem"] == PROBLEMS[CauseLabel.NOT_FOUND_TAG].code
    assert answer["reference"] == "wingtip.azurecr.io/a/b:9"
    assert done.returncode == 0


def test_the_codes_of_problems_are_those_of_the_checks() -> None:
    named = {cause: problem_code(cause) for cause in CauseLabel if problem_code(cause)}
    assert named == {cause: problem.code for cause, problem in PROBLEMS.items()}


def test_lines_are_answered_in_order_with_their_ids() -> None:
    found = answers([{"id": n, "message": "toomanyrequests"} for n in ("a", 7, None)])
    assert [answer["id"] for answer in found] == ["a", 7, None]
    assert {answer["problem"] for answer in found} == {"REPORTED_THROTTLED"}


def test_a_text_that_tells_nothing_has_no_problem() -> None:
    assert answers([{"id": 1, "message": ""}])[0] | {"why": ""} == {
        **dict.fromkeys(KEYS, ""),
        "id": 1,
        "cause": "unknown",
        "confidence": "low",
    }


@pytest.mark.parametrize(
    "line", ["rubbish", "[1]", "7", '{"id": 1}', '{"id": 1, "message": 2}', "[" * 100_000, "{"]
)
def test_a_bad_line_is_answered_and_stops_nothing(line: str) -> None:
    first, second = answers([line, {"id": 2, "message": "no space left on device"}])
    assert (first["cause"], first["why"][:9]) == ("unknown", "bad line:")
    assert second["cause"] == "disk_full_node"


def test_empty_lines_have_no_answer() -> None:
    assert answers(["", "   ", ""]) == []


def test_hostile_characters_do_not_break_the_output() -> None:
    given = {"id": "\ud800\x00", "message": "\udfff\x00\x1b[2Jtoomanyrequests"}
    assert [a["cause"] for a in answers([given])] == ["throttled"]
    assert run(b"\xff\xfe toomanyrequests").returncode == 0


def test_each_line_is_answered_at_once() -> None:
    """A stream is read by whoever tails a log: the answer must not wait for its end."""
    command = [sys.executable, "-m", "shared", "explain", "--jsonl"]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "message": "x"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_wrong_usage_ends_with_64() -> None:
    assert run(b"", "--yaml").returncode == 64


def test_explaining_needs_no_clients_of_azure() -> None:
    """They take half a second to import."""
    code = (
        "import sys; from shared.__main__ import main; import io; sys.stdin = io.TextIOWrapper("
        "io.BytesIO(b'x')); main(['explain']); print([m for m in sys.modules if m.partition('.')[0]"
        " in ('azure', 'aiohttp', 'msal', 'asyncio')])"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == b"[]"
