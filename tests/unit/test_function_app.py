"""The functions as the host sees them."""

import json
from pathlib import Path
from typing import Any

import function_app

ROOT = Path(__file__).parents[2]
BINDINGS: dict[str, dict[str, Any]] = {
    str(f.get_function_name()): json.loads(f.get_function_json())["bindings"][0]
    for f in function_app.app.get_functions()  # may be called once a process only
}


def test_every_function_has_its_trigger() -> None:
    triggers = {
        name: binding.get("queueName") or binding.get("schedule") or binding["type"]
        for name, binding in BINDINGS.items()
        if binding["type"] != "httpTrigger"
    }
    assert triggers == {
        "registry_event": "eventGridTrigger",
        "registry_event_queue": "%EVENTS_QUEUE%",
        "sweep": "%SWEEP_SCHEDULE%",
        "watch": "%WATCH_SCHEDULE%",
        "diagnose_urgent": "%URGENT_QUEUE%",
        "diagnose_bulk": "%BULK_QUEUE%",
        "announce": "%ALERTS_QUEUE%",
        "dead_letter_urgent": "%URGENT_QUEUE%/$DeadLetterQueue",
        "dead_letter_bulk": "%BULK_QUEUE%/$DeadLetterQueue",
        "dead_letter_alerts": "%ALERTS_QUEUE%/$DeadLetterQueue",
        "dead_letter_events": "%EVENTS_QUEUE%/$DeadLetterQueue",
    }


def test_every_route_is_authenticated() -> None:
    routes = {n: b for n, b in BINDINGS.items() if b["type"] == "httpTrigger"}
    assert {b["route"] for b in routes.values()} == {
        "/",
        "api/checks",
        "api/checks/{id}",
        "api/registries",
        "api/reports/latest",
        "api/protection",
        "api/health",
    }
    assert {str(b["authLevel"]).upper() for b in routes.values()} == {"FUNCTION"}


def test_no_environment_is_needed_to_load_the_functions() -> None:
    """An exception at import would make all functions vanish."""
    assert BINDINGS
