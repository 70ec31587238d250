"""The admin API."""

import json

import pytest

from tests.local.functions.processes import HostProcess


@pytest.mark.parametrize("path", ["/admin/host/status", "/admin/functions", "/admin/nothing"])
async def test_only_the_master_key_opens_it(host: HostProcess, path: str) -> None:
    assert (await host.ask("GET", path)).status == 401
    assert (await host.ask("GET", path, host.keys.function_keys["default"])).status == 401


async def test_status_says_running(host: HostProcess) -> None:
    answer = await host.ask("GET", "/admin/host/status", host.keys.master_key)
    assert answer.json()["state"] == "Running"


async def test_functions_are_listed_with_resolved_bindings(host: HostProcess) -> None:
    answer = await host.ask("GET", "/admin/functions", host.keys.master_key)
    listed = {function["name"]: function for function in answer.json()}
    assert listed["tick"]["config"]["bindings"][0]["schedule"] == "0 0 0 1 1 *"
    assert listed["on_job"]["isDisabled"] is True
    one = await host.ask("GET", "/admin/functions/TICK", host.keys.master_key)
    assert one.json() == listed["tick"]


async def test_timer_runs_when_asked(host: HostProcess) -> None:
    before = len(host.notes("tick", past_due=False))
    answer = await host.ask(
        "POST", "/admin/functions/tick", host.keys.master_key, json={"input": ""}
    )
    assert answer.status == 202
    await host.noted("tick", count=before + 1, past_due=False)


async def test_event_and_message_functions_take_an_input(host: HostProcess) -> None:
    master = host.keys.master_key
    event = json.dumps({"id": "by-hand", "eventType": "T", "data": {}})
    await host.ask("POST", "/admin/functions/on_event", master, json={"input": event})
    await host.noted("on_event", id="by-hand")
    await host.ask("POST", "/admin/functions/on_job", master, json={"input": "by hand"})
    (note, *_) = await host.noted("on_job", body="by hand")
    assert note["delivery_count"] == 1


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("nobody", {"input": ""}, 404),
        ("tick", ["input"], 400),
        ("tick", {}, 400),
        ("home", {"input": ""}, 400),
        ("on_event", {"input": "no json"}, 400),
    ],
)
async def test_what_cannot_be_run_is_refused(
    host: HostProcess, name: str, content: object, status: int
) -> None:
    path = f"/admin/functions/{name}"
    assert (await host.ask("POST", path, host.keys.master_key, json=content)).status == status
