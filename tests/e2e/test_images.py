"""What happens to a deployed image is told: by a card and a mail, and again when it is over."""

import pytest

from local.story.scene import headline, readable
from shared.domain.findings import Outcome
from tests.support.live import Live

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

BUOY = "harbour.azurecr.io/deck/buoy:1.0"
KUBELET_SAID = (
    'Failed to pull image "harbour.azurecr.io/deck/buoy:1.0": failed to pull and unpack image '
    '"harbour.azurecr.io/deck/buoy:1.0": failed to resolve reference '
    '"harbour.azurecr.io/deck/buoy:1.0": failed to authorize: failed to fetch anonymous token: '
    "unexpected status from GET request to https://harbour.azurecr.io/oauth2/token"
    "?scope=repository%3Adeck%2Fbuoy%3Apull&service=harbour.azurecr.io: 401 Unauthorized"
)
PULL_ROLE = {"principal": "buoy-kubelet", "role": "AcrPull", "scope": "registry/harbour"}


async def test_a_healthy_estate_is_reported_healthy_in_teams_and_by_mail(live: Live) -> None:
    card = await live.card("Nightly report")
    assert "Nightly report: 0 of " in headline(card)
    assert all(f"{name}.azurecr.io" in readable(card) for name in ("harbour", "busy", "cut"))
    mail = await live.mail("Nightly report")
    assert "0 of " in mail.subject
    assert "harbour.azurecr.io" in readable(mail)


async def test_a_deletion_names_tag_workloads_who_did_it_and_the_fix(
    live: Live, before: int
) -> None:
    deleted = await live.do("delete", image="harbour/deck/quay:v7", by="skipper")
    card = readable(await live.card("deck/quay", "v7", "FAIL", after=before))
    for workload in ("quay", "quay-lift", "quay-check", "quay-desk/trial"):
        assert workload in card
    assert "Skipper" in card or "skipper" in card
    assert "az acr " in card
    assert deleted["digest"][:19] in card
    mail = await live.mail("deck/quay", "v7", "quay-check", after=before)
    assert "FAIL" in mail.subject
    await live.idle()
    told = await live.cards("deck/quay", "v7", "quay-lift")
    assert len(told) == 1, "one incident for all workloads, told once"
    assert not await live.cards("deck/quay:v8"), "the other tag is not hit"


async def test_an_untagged_and_a_purged_tag_make_no_event_and_are_found_by_the_watch(
    live: Live, before: int
) -> None:
    attempts = len((await live.stack.control.show("deliveries"))["attempts"])
    await live.do("untag", image="harbour/deck/anchor:1.0", by="skipper")
    purged = await live.do("run-task", registry="harbour", task="low-tide")
    assert "deck/rope:1.0" in str(purged)
    assert len((await live.stack.control.show("deliveries"))["attempts"]) == attempts
    await live.watched()
    await live.card("WARN", "deck/anchor", "1.0", after=before)  # a CronJob between its runs
    await live.card("FAIL", "deck/rope", "1.0", after=before)
    await live.watched()
    await live.idle()
    assert len(await live.cards("deck/anchor")) == 1, "a second look finds nothing new"


async def test_what_is_pushed_again_is_resolved(live: Live, before: int) -> None:
    await live.do("delete", image="harbour/deck/flag:1.0", by="skipper")
    await live.card("FAIL", "deck/flag", after=before)
    await live.do("push", image="harbour/deck/flag:1.0", by="shipyard")
    await live.card("RESOLVED", "deck/flag", after=before)
    await live.mail("RESOLVED", "deck/flag", after=before)
    (diagnosis,) = await live.ask(image="harbour.azurecr.io/deck/flag:1.0")
    assert diagnosis["root"]["code"] == "EXISTENCE_TAG_MOVED", "pods run what the tag was before"


async def test_events_that_come_twice_and_in_no_order_are_told_once(
    live: Live, before: int
) -> None:
    repositories = [f"wire/{name}" for name in ("grid", "cloud", "late")]
    await live.do("deliveries", duplicates=1.0, shuffle=0.5)
    for repository in repositories:
        await live.do("delete", image=f"harbour/{repository}:1.0")
    await live.do("deliveries")
    for repository in repositories:
        await live.card("FAIL", repository, after=before)
    attempts = (await live.stack.control.show("deliveries"))["attempts"]
    assert {one["status"] for one in attempts} == {202}
    await live.idle()
    for repository in repositories:
        assert len(await live.cards(repository)) == 1


async def test_a_revoked_role_is_the_cause_whatever_the_kubelet_says(
    live: Live, before: int
) -> None:
    await live.do("revoke", **PULL_ROLE)
    diagnosis = await live.ask_until("AUTH_NO_PULL_PERMISSION", image=BUOY, error=KUBELET_SAID)
    assert diagnosis["outcome"] == Outcome.FAIL
    assert "buoy-kubelet" in diagnosis["root"]["title"]
    card = readable(await live.card("FAIL", "buoy-kubelet", after=before))
    assert "az role assignment create" in card
    await live.do("grant", **PULL_ROLE)
    diagnosis = await live.ask_until("AUTH_ROLE_ASSIGNED_MINUTES_AGO", image=BUOY)
    assert diagnosis["outcome"] == Outcome.WARN, "a new assignment takes minutes to be felt"
    await live.card("RESOLVED", "buoy-kubelet", after=before)


async def test_the_nightly_report_lists_what_is_open(live: Live, before: int) -> None:
    await live.do("delete", image="harbour/deck/sail:1.0", by="skipper")
    await live.card("FAIL", "deck/sail", after=before)
    before = await live.newest()
    await live.run("sweep")
    await live.card("Nightly report", "deck/sail", after=before)
    await live.mail("Nightly report", "deck/sail", after=before)
    await live.idle()
    assert len(await live.cards("FAIL", "There is no tag 1.0 in", "deck/sail", "sail")) == 2, (
        "the incident was told once, and then by the report only"
    )
