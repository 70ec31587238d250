"""HTTP triggers, seen by a client."""

import asyncio

import pytest

from tests.local.functions.conftest import StartHost
from tests.local.functions.processes import WITHOUT_QUEUES, HostProcess


async def test_route_query_body_and_headers_reach_the_function(host: HostProcess) -> None:
    answer = await host.ask(
        "POST", "/api/items/Books/7?tag=a&tag=b&empty=", headers={"X-Demo": "yes"}, data="hello"
    )
    content = answer.json()
    assert answer.status == 201
    assert content["route"] == {"category": "Books", "id": "7"}
    assert content["query"] == {"tag": "a,b"}
    assert (content["body"], content["header"]) == ("hello", "yes")
    assert content["function"] == "item"
    assert len(content["invocation"]) == 36
    assert answer.headers["ETag"] == '"abc"'
    assert answer.headers["Content-Type"] == "application/json"


async def test_optional_segment_may_be_left_out(host: HostProcess) -> None:
    answer = await host.ask("GET", "/api/items/books")
    assert answer.json()["route"] == {"category": "books"}


async def test_path_is_decoded_but_not_its_slashes(host: HostProcess) -> None:
    answer = await host.ask("GET", "/api/items/" + "a%20b%2Fc", skip_auto_headers=())
    assert answer.json()["route"] == {"category": "a b%2Fc"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/unknown"),
        ("DELETE", "/api/items/books"),
        ("GET", "/api/items/books/seven"),
        ("GET", "/api/items"),
    ],
)
async def test_unknown_routes_and_methods_are_not_found(
    host: HostProcess, method: str, path: str
) -> None:
    assert (await host.ask(method, path)).status == 404


async def test_paths_ignore_case(host: HostProcess) -> None:
    assert (await host.ask("GET", "/API/Items/books")).status == 201


async def test_function_at_the_root_with_the_homepage_disabled(host: HostProcess) -> None:
    answer = await host.ask("GET", "/")
    assert (answer.status, answer.text) == (200, "home of GET")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


async def test_homepage_hides_a_function_at_the_root(start_host: StartHost) -> None:
    host = start_host({**WITHOUT_QUEUES, "AzureWebJobsDisableHomepage": "false"})
    assert "up and running" in (await host.ask("GET", "/")).text


@pytest.mark.parametrize("path", ["/api/broken", "/api/nothing"])
async def test_exceptions_and_missing_responses_are_500(host: HostProcess, path: str) -> None:
    answer = await host.ask("GET", path)
    assert (answer.status, answer.text) == (500, "")


async def test_failures_are_logged_with_name_and_traceback(host: HostProcess) -> None:
    await host.ask("PUT", "/api/broken")
    log = host.log.read_text()
    assert "Executed 'Functions.broken' (Failed, Id=" in log
    assert "RuntimeError: broken on purpose: PUT" in log


async def test_running_longer_than_function_timeout_fails(host: HostProcess) -> None:
    answer = await host.ask("GET", "/api/slow?seconds=30")
    assert answer.status == 500
    assert "timeout value of 1 s exceeded" in host.log.read_text()


async def test_cookies_keep_their_attributes(host: HostProcess) -> None:
    answer = await host.ask("GET", "/api/cookies")
    assert sorted(answer.cookies) == [
        "a=1; max-age=60; path=/; httponly; samesite=Lax",
        "b=2; expires=Thu, 12 Jan 2034 13:55:08 GMT; secure",
    ]


async def test_function_level_needs_a_key(host: HostProcess) -> None:
    default, master = host.keys.function_keys["default"], host.keys.master_key
    assert (await host.ask("GET", "/api/guarded")).status == 401
    assert (await host.ask("GET", "/api/guarded", "wrong é")).status == 401
    assert (await host.ask("GET", "/api/guarded", default)).status == 200
    assert (await host.ask("GET", f"/api/guarded?code={master}")).status == 200


async def test_header_beats_the_query(host: HostProcess) -> None:
    default = host.keys.function_keys["default"]
    assert (await host.ask("GET", f"/api/guarded?code={default}", "wrong")).status == 401


async def test_system_key_opens_no_function(host: HostProcess) -> None:
    key = host.keys.system_keys["eventgrid_extension"]
    assert (await host.ask("GET", "/api/guarded", key)).status == 401


async def test_admin_level_needs_the_master_key(host: HostProcess) -> None:
    assert (await host.ask("GET", "/api/locked", host.keys.function_keys["default"])).status == 401
    assert (await host.ask("GET", "/api/locked", host.keys.master_key)).text == "admin GET"


async def test_disabled_function_answers_only_to_the_master_key(host: HostProcess) -> None:
    assert (await host.ask("GET", "/api/switched")).status == 404
    assert (await host.ask("GET", "/api/switched", host.keys.master_key)).text == "off GET"


async def test_settings_come_from_local_settings(host: HostProcess) -> None:
    answer = await host.ask("GET", "/api/guarded?who=x", host.keys.master_key)
    assert answer.text == "from local.settings.json x"


async def test_requests_run_side_by_side(host: HostProcess) -> None:
    slow = "/api/slow?seconds=0.3"
    async with asyncio.timeout(4):  # one after the other they would take six seconds
        answers = await asyncio.gather(*(host.ask("GET", slow) for _ in range(20)))
    assert {answer.text for answer in answers} == {"done"}
