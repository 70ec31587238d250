"""The Event Grid webhook, seen by Event Grid."""

import json
from typing import Any

import pytest

from tests.local.functions.processes import Answer, HostProcess

WEBHOOK = "/runtime/webhooks/eventgrid?functionName="


def event(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "topic": "/subscriptions/s/resourceGroups/g/providers/r",
        "subject": "app:v1",
        "eventType": "Microsoft.ContainerRegistry.ImagePushed",
        "eventTime": "2026-01-02T03:04:05.678Z",
        "data": {"action": "push"},
        "dataVersion": "1.0",
    }


async def post(
    host: HostProcess, content: Any, kind: str = "Notification", function: str = "on_event"
) -> Answer:
    return await host.ask(
        "POST",
        WEBHOOK + function,
        host.keys.system_keys["eventgrid_extension"],
        headers={"aeg-event-type": kind, "Content-Type": "application/json"},
        data=content if isinstance(content, str) else json.dumps(content),
    )


async def test_subscription_validation_echoes_the_code(host: HostProcess) -> None:
    validation = {"id": "v", "data": {"validationCode": "512d38b6"}}
    answer = await post(host, [validation], "SubscriptionValidation")
    assert (answer.status, answer.json()) == (200, {"validationResponse": "512d38b6"})


async def test_cloud_events_handshake_allows_the_origin(host: HostProcess) -> None:
    answer = await host.ask(
        "OPTIONS",
        WEBHOOK + "on_cloud_event",
        host.keys.system_keys["eventgrid_extension"],
        headers={"WebHook-Request-Origin": "eventgrid.azure.net"},
    )
    assert answer.status == 200
    assert answer.headers["Webhook-Allowed-Origin"] == "eventgrid.azure.net"


async def test_array_becomes_one_call_an_event(host: HostProcess) -> None:
    answer = await post(host, [event("a1"), event("a2")])
    assert answer.status == 202
    notes = host.notes("on_event", id="a1") + host.notes("on_event", id="a2")
    assert [note["data"] for note in notes] == [{"action": "push"}] * 2


async def test_cloud_event_reaches_its_function(host: HostProcess) -> None:
    sent = {
        "specversion": "1.0",
        "id": "c1",
        "type": "Microsoft.ContainerRegistry.ImageDeleted",
        "source": "/subscriptions/s",
        "data": {},
    }
    assert (await post(host, sent, function="on_cloud_event")).status == 202
    (note,) = host.notes("on_cloud_event", id="c1")
    assert note["source"] == "/subscriptions/s"


async def test_one_failing_event_brings_all_of_them_back(host: HostProcess) -> None:
    answer = await post(host, [event("good"), event("bad")])
    assert answer.status == 500
    assert host.notes("on_event", id="good")


@pytest.mark.parametrize("key", ["", "wrong", "default"])
async def test_other_keys_are_refused(host: HostProcess, key: str) -> None:
    secret = host.keys.function_keys.get(key, key)
    assert (await host.ask("POST", WEBHOOK + "on_event", secret, data="[]")).status == 401


async def test_unknown_function_is_not_found(host: HostProcess) -> None:
    assert (await post(host, [event("x")], function="nobody")).status == 404
    assert (await post(host, [event("x")], function="tick")).status == 404


@pytest.mark.parametrize("content", ["", "{", '"text"', "[1]"])
async def test_what_is_no_delivery_is_refused(host: HostProcess, content: str) -> None:
    assert (await post(host, content)).status == 400


@pytest.mark.parametrize("content", ["{}", "[]", '[{"data": {"validationCode": 5}}]'])
async def test_what_is_no_validation_is_refused(host: HostProcess, content: str) -> None:
    assert (await post(host, content, "SubscriptionValidation")).status == 400


async def test_unknown_kind_is_refused(host: HostProcess) -> None:
    assert (await post(host, [event("x")], "Surprise")).status == 400
