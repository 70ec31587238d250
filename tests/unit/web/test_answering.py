"""What every answer has, and what none of them tells."""

import logging

import pytest

from shared import bootstrap
from shared.pipeline.services import Services
from shared.settings import SettingsError
from tests.support.fakes import World
from tests.support.http import call, read

ROUTES = ["dashboard", "registries", "latest_report", "health"]


def no_settings() -> Services:
    raise SettingsError(["set SERVICE_BUS or SERVICE_BUS__fullyQualifiedNamespace", "set <TABLES>"])


def crash() -> Services:
    raise RuntimeError("Endpoint=sb://x;SharedAccessKey=hunter2")


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", ROUTES)
async def test_every_answer_is_kept_from_harm(name: str) -> None:
    headers = (await call(name)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["registries", "latest_report"])
async def test_wrong_settings_are_listed_in_json(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(bootstrap, "urgent", no_settings)
    answer = await call(name)
    assert answer.status_code == 503
    assert read(answer)["problems"] == [
        "set SERVICE_BUS or SERVICE_BUS__fullyQualifiedNamespace",
        "set <TABLES>",
    ]


async def test_wrong_settings_are_listed_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "urgent", no_settings)
    answer = await call("dashboard")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    text = answer.get_body().decode()
    assert "set SERVICE_BUS or SERVICE_BUS__fullyQualifiedNamespace" in text
    assert "set &lt;TABLES&gt;" in text


@pytest.mark.parametrize("name", ["dashboard", "registries", "latest_report", "ask_check"])
async def test_a_crash_is_told_to_the_log_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    monkeypatch.setattr(bootstrap, "urgent", crash)
    monkeypatch.setattr(bootstrap, "afresh", crash)
    with caplog.at_level(logging.ERROR):
        answer = await call(name)
    text = answer.get_body().decode()
    assert answer.status_code == 503
    assert "hunter2" not in text
    assert "Traceback" not in text
    [record] = caplog.records
    assert record.exc_info
    correlation = record.getMessage().rpartition(" ")[2]
    assert correlation in text


async def test_the_store_crashing_in_the_middle_is_no_stack_trace(world: World) -> None:
    table = world.tables.table("requested")
    table.get = None  # type: ignore[assignment,method-assign]
    answer = await call("read_check", id="0" * 32)
    assert answer.status_code == 503
    assert read(answer)["correlation"]
