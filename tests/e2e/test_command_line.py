"""`python -m shared check` from a laptop: exit codes, JSON, and nothing hostile on the terminal."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import pytest
import pytest_asyncio

from local.environment import inherited
from local.wiring import ROOT
from shared.domain.findings import Outcome
from tests.support.live import Live

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

YARD = "harbour.azurecr.io/yard"
PASSED, FAILED, WARNED, UNKNOWN, USAGE = 0, 1, 2, 3, 64


class Printed(NamedTuple):
    """What a command left behind."""

    code: int
    output: str
    errors: str


type Check = Callable[..., Awaitable[Printed]]


@pytest_asyncio.fixture(loop_scope="session")
async def check(live: Live) -> Check:
    """Run a check on a laptop of this estate."""
    environment = {**inherited(os.environ), **live.stack.env(place="laptop")}

    async def run(*words: str, command: str = "check") -> Printed:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "shared", command, *words),
            cwd=ROOT,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
        assert process.returncode is not None
        return Printed(process.returncode, output.decode(), errors.decode())

    return run


async def test_an_image_that_can_be_pulled_passes(check: Check) -> None:
    printed = await check(f"{YARD}/winch:1.0")
    assert printed.code == PASSED, printed
    assert "PASS" in printed.output
    assert "found 1" in printed.errors, "the workload that uses it"


async def test_an_image_that_is_gone_fails_and_says_why(check: Check) -> None:
    printed = await check(f"{YARD}/winch:no-such-tag")
    assert printed.code == FAILED, printed
    assert "There is no tag no-such-tag" in printed.output
    assert "EXISTENCE_TAG_MISSING" in printed.output


async def test_a_secret_that_expires_soon_warns(check: Check) -> None:
    printed = await check(f"{YARD}/lamp:1.0", "--json")
    assert printed.code == WARNED, printed
    (diagnosis,) = json.loads(printed.output)
    assert diagnosis["outcome"] == Outcome.WARN
    assert diagnosis["root"]["code"].startswith("CREDENTIALS_SECRET_EXPIRING")


async def test_a_registry_that_does_not_answer_is_unknown_not_missing(
    live: Live, check: Check
) -> None:
    await live.do("fault", host="cut.azurecr.io", trouble="hang-up")
    printed = await check("cut.azurecr.io/net:1.0", "--json")
    await live.do("clear-faults")
    assert printed.code == UNKNOWN, printed
    (diagnosis,) = json.loads(printed.output)
    assert diagnosis["root"] is None


async def test_one_workload_can_be_named(live: Live, check: Check) -> None:
    estate = await live.stack.control.show("estate")
    cluster = next(one["id"] for one in estate["clusters"] if one["name"] == "dock")
    workload = f"{cluster}/namespaces/yard/deployment/winch"
    printed = await check(f"{YARD}/winch:1.0", "--workload", workload, "--json")
    assert printed.code == PASSED, printed
    (diagnosis,) = json.loads(printed.output)
    assert diagnosis["pull"]["workload"]["id"] == workload
    assert "auth.permission" in diagnosis["ruled_out"]


@pytest.mark.parametrize(
    "words",
    [
        (),
        (f"{YARD}/winch:1.0\x1b[2J",),
        (f"{YARD}/winch:1.0", "--workload", "nonsense\x1b[31m"),
        (f"{YARD}/winch:1.0", "--no-such-option\x1b[31m"),
    ],
)
async def test_wrong_words_are_explained_without_a_traceback(
    check: Check, words: tuple[str, ...]
) -> None:
    printed = await check(*words)
    assert printed.code == USAGE, printed
    assert printed.output == ""
    assert printed.errors
    assert "Traceback" not in printed.errors
    assert "\x1b" not in printed.errors


async def test_a_purge_is_foretold_of_a_live_registry(check: Check) -> None:
    purge = "acr purge --filter 'yard/winch:.*' --ago=-1s --untagged"
    where = "--login-server", "harbour.azurecr.io", "--json"
    printed = await check(*where, "--command", purge, command="predict-purge")
    assert printed.code == PASSED, printed
    found = json.loads(printed.output)
    assert "yard/winch:1.0" in found["tags"]
    assert all(name.startswith("yard/winch@sha256:") for name in found["manifests"])
    assert found["refused"] == []


async def test_a_registry_that_nobody_sees_is_not_foretold(check: Check) -> None:
    where = "--login-server", "nowhere.azurecr.io", "--json"
    command = "acr purge --untagged-only"
    printed = await check(*where, "--command", command, command="predict-purge")
    assert printed.code == UNKNOWN, printed
    assert printed.output == ""
    assert "known registries only" in printed.errors


async def test_an_error_text_moves_no_cursor_and_fakes_no_line(check: Check) -> None:
    text = (
        f'Failed to pull image "{YARD}/winch:1.0": failed to resolve reference '
        '"\x1b]0;owned\x07\x1b[2J\x1b[1;1H\r\x9b31m evil.example/\u202etxt": '
        "401 Unauthorized \x00-ish"
    ).replace("\x00", "\x08")
    for words in ((), ("--json",)):
        printed = await check(f"{YARD}/winch:1.0", "--error", text, *words)
        assert printed.code in {FAILED, WARNED, UNKNOWN, PASSED}
        for hostile in ("\x1b", "\x07", "\x08", "\r", "\x9b", "\u202e"):
            assert hostile not in printed.output + printed.errors
