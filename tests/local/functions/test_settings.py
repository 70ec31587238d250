"""local.settings.json, host.json and %SETTING%."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from local.functions.errors import StartupError
from local.functions.keys import load_keys
from local.functions.settings import load_local_settings, read_host_json, resolve


def write(path: Path, content: object) -> None:
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def test_the_environment_beats_local_settings(tmp_path: Path) -> None:
    write(tmp_path / "local.settings.json", {"Values": {"A": "file", "B": "file"}})
    environ = {"A": "real"}
    load_local_settings(tmp_path, environ)
    assert environ == {"A": "real", "B": "file"}


def test_local_settings_may_be_missing(tmp_path: Path) -> None:
    environ: dict[str, str] = {}
    load_local_settings(tmp_path, environ)
    assert environ == {}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "local.settings.json is not JSON"),
        ("[]", "must hold one JSON object"),
        ({"IsEncrypted": True}, "is encrypted"),
        ({"Values": {"A": 1}}, "the value of A must be text"),
    ],
)
def test_wrong_local_settings_are_named(tmp_path: Path, content: object, complaint: str) -> None:
    write(tmp_path / "local.settings.json", content)
    with pytest.raises(StartupError, match=complaint):
        load_local_settings(tmp_path, {})


def test_host_json_has_the_defaults_of_azure(tmp_path: Path) -> None:
    write(tmp_path / "host.json", {"version": "2.0", "logging": {"ignored": True}})
    options = read_host_json(tmp_path, {})
    assert options.extensions.http.route_prefix == "api"
    assert options.extensions.service_bus.lock_renewal == timedelta(minutes=5)
    assert options.extensions.service_bus.max_concurrent_calls % 16 == 0
    assert options.timeout == 1800


def test_environment_overrides_host_json_without_regard_to_case(tmp_path: Path) -> None:
    content = {"version": "2.0", "extensions": {"serviceBus": {"maxConcurrentCalls": 2}}}
    write(tmp_path / "host.json", content)
    environ = {
        "AzureFunctionsJobHost__extensions__ServiceBus__maxconcurrentcalls": "7",
        "AzureFunctionsJobHost__extensions__serviceBus__autoCompleteMessages": "false",
        "AzureFunctionsJobHost__extensions__http__routePrefix": "",
        "AZUREFUNCTIONSJOBHOST__functionTimeout": "-1",
    }
    options = read_host_json(tmp_path, environ)
    assert options.extensions.service_bus.max_concurrent_calls == 7
    assert options.extensions.service_bus.auto_complete_messages is False
    assert options.extensions.http.route_prefix == ""
    assert options.timeout is None


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({}, "version"),
        ({"version": "2.0", "functionTimeout": "soon"}, "not a time span"),
        ({"version": "2.0", "extensions": {"serviceBus": {"maxConcurrentCalls": 0}}}, "at least 1"),
        ({"version": "2.0", "extensions": {"serviceBus": {"prefetchCount": "x"}}}, "prefetchCount"),
    ],
)
def test_wrong_host_json_is_named(tmp_path: Path, content: object, complaint: str) -> None:
    write(tmp_path / "host.json", content)
    with pytest.raises(StartupError, match=complaint):
        read_host_json(tmp_path, {})


def test_settings_are_resolved_everywhere_in_a_value() -> None:
    value = {"queueName": "%Q%/$DeadLetterQueue", "list": ["%Q%-%R%", 5, None], "plain": "100%"}
    assert resolve(value, {"Q": "jobs", "R": "x"}) == {
        "queueName": "jobs/$DeadLetterQueue",
        "list": ["jobs-x", 5, None],
        "plain": "100%",
    }


def test_keys_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "state" / "keys.json"
    made = load_keys(path)
    assert load_keys(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len({made.master_key, made.function_keys["default"]}) == 2


def test_keys_are_compared_whatever_bytes_a_client_sends(tmp_path: Path) -> None:
    assert not load_keys(tmp_path / "keys.json").is_master("\udcff\N{SNOWMAN}")


def test_given_keys_are_used(tmp_path: Path) -> None:
    content = {"masterKey": "m", "functionKeys": {"default": "f"}, "systemKeys": {}}
    write(tmp_path / "keys.json", content)
    keys = load_keys(tmp_path / "keys.json")
    assert keys.is_master("m")
    assert keys.opens("FUNCTION", "f")
    assert not keys.opens_event_grid("")


def test_a_wrong_key_file_is_named_without_its_content(tmp_path: Path) -> None:
    write(tmp_path / "keys.json", '{"masterKey": "secret"}')
    with pytest.raises(StartupError, match=r"key file keys\.json") as caught:
        load_keys(tmp_path / "keys.json")
    assert "secret" not in str(caught.value)
