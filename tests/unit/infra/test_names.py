"""Names and numbers that Bicep, host.json, the code and the local stack must agree on."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra import bicep
from local.servicebus.config import load_queues
from local.timespan import parse_timespan
from shared.adapters.events import KINDS
from shared.settings import Settings

ROOT = Path(__file__).parents[3]
APP = (bicep.FOLDER / "modules" / "app.bicep").read_text()
MESSAGING = (bicep.FOLDER / "modules" / "messaging.bicep").read_text()
STORAGE = (bicep.FOLDER / "modules" / "storage.bicep").read_text()
EVENTS = (bicep.FOLDER / "event-subscription.bicep").read_text()
MAIN = bicep.MAIN.read_text()
HOST: dict[str, Any] = json.loads((ROOT / "host.json").read_text())
SERVICE_BUS: dict[str, Any] = HOST["extensions"]["serviceBus"]
FUNCTIONS = set(
    re.findall(
        r"^async def (\w+)\(",
        (ROOT / "function_app.py").read_text() + (ROOT / "shared/web/routes.py").read_text(),
        re.MULTILINE,
    )
)
WORK = set(re.findall(r"^async def (\w+)\(", (ROOT / "function_app.py").read_text(), re.MULTILINE))


def quoted(text: str) -> list[str]:
    return re.findall(r"'([^']+)'", text)


def value(text: str, name: str) -> str:
    found = re.search(rf"^\s*{name}: (.+)$", text, re.MULTILINE)
    assert found is not None, name
    return found[1]


def iso(text: str) -> timedelta:
    found = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", text.strip("'"))
    assert found is not None, text
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def queues() -> list[str]:
    work = re.search(r"^var workQueues = \[(.+)\]$", MESSAGING, re.MULTILINE)
    events = re.search(r"^var eventsQueue = '(.+)'$", MESSAGING, re.MULTILINE)
    assert work is not None
    assert events is not None
    return [*quoted(work[1]), events[1]]


def test_queues_are_those_of_the_local_stack() -> None:
    assert queues() == [queue.name for queue in load_queues(ROOT / "local" / "queues.json")]


def test_queues_are_those_that_the_code_names_by_default() -> None:
    settings = Settings()
    wanted = (settings.urgent_queue, settings.bulk_queue, settings.alerts_queue)
    assert tuple(queues()) == (*wanted, settings.events_queue)


def test_queues_behave_as_those_of_the_local_stack() -> None:
    for queue in load_queues(ROOT / "local" / "queues.json"):
        assert timedelta(seconds=queue.lock_seconds) == iso(value(MESSAGING, "lockDuration"))
        assert queue.max_delivery_count == int(value(MESSAGING, "maxDeliveryCount"))
        assert queue.default_ttl_seconds is not None
        assert timedelta(seconds=queue.default_ttl_seconds) == iso(
            value(MESSAGING, "defaultMessageTimeToLive")
        )
        assert queue.duplicate_window_seconds is not None
        assert timedelta(seconds=queue.duplicate_window_seconds) == iso(
            value(MESSAGING, "duplicateDetectionHistoryTimeWindow")
        )
        assert value(MESSAGING, "requiresDuplicateDetection") == "true"
        assert (
            value(MESSAGING, "deadLetteringOnMessageExpiration")
            == str(queue.dead_letter_on_expiration).lower()
        )


def test_a_job_that_waits_for_its_turn_again_does_not_end_before_it() -> None:
    """The longest a job is put off is far below the time that a message lives."""
    assert iso(value(MESSAGING, "defaultMessageTimeToLive")) > timedelta(days=1)


def test_the_lock_of_a_message_lasts_as_long_as_a_function_may_run() -> None:
    """Else a message is given to somebody else while it is worked on."""
    renewal = parse_timespan(SERVICE_BUS["maxAutoLockRenewalDuration"])
    assert renewal >= parse_timespan(HOST["functionTimeout"])
    assert iso(value(MESSAGING, "lockDuration")) <= timedelta(minutes=5), "the service's limit"


def test_messages_are_settled_by_the_host_and_none_is_fetched_ahead() -> None:
    """A message that waits in a buffer burns its lock, and Python cannot settle by hand."""
    assert SERVICE_BUS["autoCompleteMessages"] is True
    assert SERVICE_BUS["prefetchCount"] == 0


def test_what_alerts_look_for_is_not_sampled_away() -> None:
    sampling = HOST["logging"]["applicationInsights"]["samplingSettings"]
    assert set(sampling["excludedTypes"].split(";")) >= {"Request", "Exception", "Trace"}
    assert HOST["logging"]["logLevel"]["default"] == "Information"


def test_tables_are_those_of_the_code() -> None:
    made = re.search(r"^var tables = \[(.+)\]$", STORAGE, re.MULTILINE)
    assert made is not None
    used = {
        name
        for file in (ROOT / "shared/adapters/store").glob("*.py")
        for name in re.findall(r'\.table\("(\w+)"\)', file.read_text())
    }
    assert set(quoted(made[1])) == used


def test_every_function_that_works_by_itself_can_be_switched_off() -> None:
    """A stamp that stands by must do nothing by itself."""
    assert bicep.keys(APP, "switches") == {f"AzureWebJobs.{name}.Disabled" for name in WORK}


def test_events_have_one_way_in() -> None:
    ways = {
        name: value(APP, f"'AzureWebJobs.{name}.Disabled'")
        for name in ("registry_event", "registry_event_queue", "dead_letter_events")
    }
    assert ways == {
        "registry_event": "queueEvents ? 'true' : idle",
        "registry_event_queue": "queueEvents ? idle : 'true'",
        "dead_letter_events": "queueEvents ? idle : 'true'",
    }


def test_functions_that_are_always_ready_exist() -> None:
    ready = set(re.findall(r"'function:(\w+)'", APP))
    assert ready
    assert ready <= FUNCTIONS


def test_the_function_that_event_grid_calls_exists() -> None:
    path = bicep.outputs(MAIN)["PULLWATCH_FUNCTION_ID"]
    (name,) = re.findall(r"/functions/(\w+)'", path)
    assert name in WORK


def test_event_types_are_those_that_the_code_acts_on() -> None:
    assert set(re.findall(r"'(Microsoft\.ContainerRegistry\.\w+)'", EVENTS)) == set(KINDS)


def test_azd_finds_the_app() -> None:
    text = (ROOT / "azure.yaml").read_text()
    (service,) = re.findall(r"^services:\n  (\w+):$", text, re.MULTILINE)
    assert f"'azd-service-name': '{service}'" in APP


def test_the_python_is_the_one_that_the_code_needs() -> None:
    (version,) = re.findall(r"name: 'python', version: '([\d.]+)'", APP)
    assert f'requires-python = ">={version}"' in (ROOT / "pyproject.toml").read_text()


def test_schedules_are_those_of_the_code_by_default() -> None:
    defaults = {one.name: one.default.strip("'") for one in bicep.parameters(MAIN)}
    assert defaults["sweepSchedule"] == Settings().sweep_schedule
    assert defaults["watchSchedule"] == Settings().watch_schedule


LONGEST_DEPLOYMENT = 64
TOKEN, PREFIX = "x" * 13, "pullwatch-" + "x" * 13
EXAMPLES = {"uniqueString": TOKEN, "settingName": PREFIX, "token": TOKEN}
"""What stands in a name for an expression, at its longest."""


def longest(name: str) -> int:
    """The length of a name in a template. Raises KeyError for what has no bound here."""
    return len(re.sub(r"\$\{(\w+)(?:\([^)]*\))?\}", lambda found: EXAMPLES[found[1]], name))


def test_no_name_is_longer_than_azure_takes() -> None:
    for path in bicep.templates():
        text = path.read_text()
        for name in re.findall(r"^module .*?^ +name: '(.+?)'$", text, re.MULTILINE | re.DOTALL):
            assert longest(name) <= LONGEST_DEPLOYMENT, name
    vault, account = (
        re.search(rf"resource {what} .*?name: '(.+?)'", text, re.DOTALL)
        for what, text in (
            ("vault", (bicep.FOLDER / "modules" / "secrets.bicep").read_text()),
            ("account", STORAGE),
        )
    )
    for found in (vault, account):
        assert found is not None
        assert longest(found[1]) <= 24


@pytest.mark.parametrize("name", ["DoesNotExist", "own2"])
def test_an_object_that_is_not_there_is_a_mistake(name: str) -> None:
    with pytest.raises(LookupError):
        bicep.keys(APP, name)
