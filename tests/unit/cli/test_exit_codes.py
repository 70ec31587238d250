"""What a script is told by an exit code: a crash is no verdict, and nothing seen is no pass."""

import dataclasses
import json
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.__main__ import main
from shared.cli import survey
from shared.cli.survey import Survey
from shared.compute.base import Discovery
from shared.domain.diagnosis import Gap
from shared.pipeline.services import Services
from tests.support.fakes import FakePlatform, World

IMAGE = "contoso.azurecr.io/team/api:v1"


def test_a_wrong_setting_is_wrong_usage_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMTP_PORT", "many")
    assert main(["check", IMAGE]) == 64
    said = capsys.readouterr().err
    assert "SMTP_PORT" in said
    assert "Traceback" not in said


def test_a_crash_is_unknown_and_never_a_failed_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(_: Namespace) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("shared.cli.check.run", crash)
    assert main(["check", IMAGE]) == 3
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_an_interrupt_ends_as_shells_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("shared.cli.check.run", interrupted)
    assert main(["check", IMAGE]) == 130


@pytest.mark.parametrize("gaps", [(), (Gap("/subscriptions", "403"),)])
def test_a_survey_that_saw_nothing_is_unknown(
    monkeypatch: pytest.MonkeyPatch, gaps: tuple[Gap, ...]
) -> None:
    async def nothing() -> Survey:
        return Survey((), gaps)

    monkeypatch.setattr(survey, "survey", nothing)
    assert main(["survey", "--json"]) == 3


def test_a_platform_that_fails_is_a_gap_of_the_survey_and_the_others_are_seen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Failing(FakePlatform):
        async def discover(self, subscriptions: tuple[str, ...]) -> Discovery:
            raise RuntimeError

    world = World()
    world.deploy("api", "team/api:v1")
    services = dataclasses.replace(world.services, platforms=(Failing(), world.platform))

    @asynccontextmanager
    async def fakes() -> AsyncIterator[Services]:
        yield services

    monkeypatch.setattr(survey, "callers_services", fakes)
    assert main(["survey", "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert len(found["diagnoses"]) == 1
    assert [gap["reason"] for gap in found["gaps"]] == ["discovery failed: RuntimeError"]
