"""The plan of locks over HTTP and on the dashboard, and what is coming."""

import azure.functions as func
import msgspec
import pytest

from shared.domain.protection import Protection, Standing
from shared.pipeline.sweep import sweep
from shared.web.answering import answer
from shared.web.dashboard import render
from shared.web.reading import protection
from shared.web.view import collect
from tests.support import pages
from tests.support.fakes import World
from tests.support.stories import work_off
from tests.unit.notify.test_mail import Reader
from tests.unit.pipeline.test_foresee import nightly
from tests.unit.pipeline.test_protect import look


async def asked(world: World, **params: str) -> tuple[int, bytes]:
    request = func.HttpRequest(
        method="GET", url="https://pullwatch.contoso.com/", params=params, body=b""
    )
    found = await answer(request, protection, services=lambda: world.services)
    return found.status_code, found.get_body()


async def estate() -> World:
    world = World()
    world.deploy("web", "team/api:v1")
    world.registry.plan = nightly()
    await sweep(world.services)
    await work_off(world)
    await look(world)
    return world


async def test_the_plan_is_told_with_its_commands() -> None:
    status, body = await asked(await estate())
    assert status == 200
    found = msgspec.json.decode(body, type=Protection)
    assert [line.standing for line in found.lines] == [Standing.SET, Standing.SET]
    assert found.mode == "off"
    assert all("--delete-enabled false" in line.command for line in found.lines)


async def test_one_registry_may_be_asked_for() -> None:
    world = await estate()
    assert b"team/api" in (await asked(world, registry="contoso.azurecr.io"))[1]
    assert b"team/api" not in (await asked(world, registry="other.azurecr.io"))[1]


@pytest.mark.parametrize("name", ["<script>", "a b", "-" * 100, "x" * 5_000])
async def test_what_is_no_registry_is_refused_by_name(name: str) -> None:
    status, body = await asked(World(), registry=name)
    assert status == 400
    assert b"registry = " in body
    assert len(body) < 500


def test_the_dashboard_tells_what_is_coming_and_what_locks_do_not_help() -> None:
    said = Reader(render(pages.busy())).text
    assert "Coming (1)" in said
    assert "Will be deleted within 7 days" in said
    assert "contoso.azurecr.io/shop/api:v412" in said
    assert "3 workloads need it" in said
    assert "8 locks of its own, 2 of somebody else, 1 taken away by somebody" in said
    assert "No lock helps against the task weekly of contoso.azurecr.io" in said
    assert "Nothing can be locked in fabrikam.azurecr.io" in said
    assert "Not looked at: clean-ups of tailwind.azurecr.io: they were not read yet." in said


def test_a_calm_dashboard_says_that_nothing_is_coming() -> None:
    said = Reader(render(pages.calm())).text
    assert "Nothing that is deployed, by the tasks and policies that can be read." in said


async def test_a_dashboard_asks_no_registry_for_locks() -> None:
    world = await estate()
    before = world.registry.locks_read

    assert (await collect(world.services)).protection is not None
    assert world.registry.locks_read == before


async def test_a_registry_whose_plan_was_never_read_is_a_gap() -> None:
    world = World()
    world.deploy("web", "team/api:v1")
    await sweep(world.services)
    await work_off(world)
    found = msgspec.json.decode((await asked(world))[1], type=Protection)
    assert found.lines == ()
    assert [gap.what for gap in found.gaps] == ["clean-ups of contoso.azurecr.io"]
