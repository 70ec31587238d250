"""The dashboard: what it shows, and what it withstands."""

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.adapters.store.ledger import Note, NoteKind
from shared.domain.findings import Confidence, Outcome
from shared.domain.pulls import Cause, CauseKind
from shared.domain.words import CERTAINTY, SIGNS
from shared.pipeline.sweep import sweep
from shared.web.dashboard import KINDS, render
from shared.web.figures import ago, segments, spoken
from shared.web.overview import LABELS, Overview, Standing
from shared.web.pages import policy
from shared.web.view import DashboardView, collect
from tests.support import pages
from tests.support.alerts import FINDING, RESTORE, affected, incident
from tests.support.fakes import START, World
from tests.support.http import call
from tests.support.stories import work_off
from tests.unit.notify.test_mail import Reader


def text_of(view: DashboardView) -> str:
    return Reader(render(view)).text


def test_an_incident_says_what_whom_since_who_how_sure_and_what_to_do() -> None:
    said = text_of(pages.busy())
    for text in (
        f"FAIL {FINDING.title}",
        "5 workloads hit, 2 in use now, since 4 hours ago",
        "portal/staging (a slot: pulls when restarted)",
        (
            "mallory@contoso.com deleted the manifest with the Azure CLI (azure-cli/2.68); "
            "it carried v412"
        ),
        RESTORE,
        FINDING.explanation,
        "aks-prod/shop/cronjob/export (idle: its next start pulls)",
        "proven: seen live",
        "it came back once",
    ):
        assert text in said


def test_what_could_not_be_judged_is_named() -> None:
    said = text_of(pages.busy())
    assert "403 reading role assignments: needs roleAssignments/read" in said
    assert "checkout" in said[said.index("could not be judged") :]


def test_whom_a_warning_concerns_is_at_risk() -> None:
    said = text_of(pages.busy())
    assert "2 workloads at risk, 1 in use now" in said
    assert "Who is at risk, why, and 1 way to mend it" in said


def test_what_nothing_in_use_pulls_says_when_it_bites() -> None:
    idle = incident(hit=affected()[1:2])
    said = text_of(replace(pages.calm(), incidents=(idle,)))
    assert "1 workload hit, none in use now (the next start, scale-up or scheduled run" in said


def test_the_worst_comes_first() -> None:
    said = text_of(pages.busy())
    assert said.index("There is no tag v412") < said.index("The secret of reports-pull")


def test_the_outcomes_are_numbers_with_words_and_a_bar_that_can_be_read_aloud() -> None:
    html = render(pages.busy())
    assert "6 \N{HEAVY MULTIPLICATION X} FAIL would fail" in Reader(html).text
    assert 'aria-label="6 fail, 3 warn, 2 unknown, 39 pass, 1 waiting"' in html


def test_what_could_not_be_looked_at_is_said() -> None:
    said = text_of(pages.busy())
    assert "1 pull : 403 reading role assignments" in said
    assert "unread.azurecr.io : no such registry could be read (now)" in said
    assert (
        "403 listing pods: needs Azure Kubernetes Service RBAC Reader (at the latest sweep)" in said
    )


def test_an_incomplete_report_is_no_good_news() -> None:
    assert "Incomplete: 1 job did not come back in time" in text_of(pages.busy())


def test_a_timer_that_is_overdue_is_loud() -> None:
    busy, calm = render(pages.busy()), render(pages.calm())
    assert "The watch is overdue." in busy
    assert 'role="alert"' in busy
    assert "overdue" not in Reader(calm).text
    assert 'role="alert"' not in calm


def test_heartbeats_have_an_age() -> None:
    assert "watch \N{HEAVY CHECK MARK} on time ran 3 minutes ago in 2 minutes" in text_of(
        pages.calm()
    )


def test_nothing_yet_says_what_will_happen_and_when() -> None:
    said = text_of(pages.fresh())
    for text in (
        "The watch looks for workloads at 06:10 UTC, in 2 minutes.",
        "The nightly sweep makes the first one at 02:00 UTC, in 19 hours.",
        "Nobody is told.",
        "Not known yet",
    ):
        assert text in said


def test_nothing_seen_is_never_called_fine() -> None:
    said = text_of(pages.fresh())
    assert "would work" not in said
    assert "every registry" not in said


def test_a_good_day_is_short() -> None:
    said = text_of(pages.calm())
    assert "Every pull would work" in said
    assert "FAIL would" in said  # a nought is shown too
    assert len(said) < 2_500


def test_unknown_pulls_keep_the_headline_from_being_good() -> None:
    view = replace(
        pages.calm(),
        overview=Overview(
            at=pages.NOW,
            registries=(Standing(registry="r", counts={"unknown": 1, "pass": 44}),),
        ),
    )
    assert "No pull is known to fail, but not all are known" in text_of(view)


EVERY: list[Callable[[], DashboardView]] = [pages.busy, pages.fresh, pages.calm, pages.trapped]


@pytest.mark.parametrize("made", EVERY)
def test_nothing_runs_and_nothing_is_loaded(made: Callable[[], DashboardView]) -> None:
    reader = Reader(render(made()))
    assert not reader.elements & {"script", "img", "iframe", "form", "object", "embed"}
    assert not {name for name in reader.attributes if name.startswith("on")}
    assert "style" not in reader.attributes  # the policy allows one style element only
    assert all(a.startswith(("#", "https://", "data:,")) for a in reader.addresses)


@pytest.mark.parametrize("made", EVERY)
def test_no_link_of_the_page_needs_a_key(made: Callable[[], DashboardView]) -> None:
    """A key in the page would be in its address bar, its history and its screenshots."""
    reader = Reader(render(made()))
    own = [address for address in reader.addresses if address.startswith("#")]
    assert own
    assert not [a for a in reader.addresses if "code=" in a or a.startswith("/")]


def test_every_anchor_leads_somewhere() -> None:
    html = render(pages.busy())
    wanted = {a.removeprefix("#") for a in Reader(html).addresses if a.startswith("#")}
    assert wanted <= set(re.findall(r'id="([^"]+)"', html))


def test_the_policy_allows_the_style_of_the_page_alone() -> None:
    style = render(pages.calm()).partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy()


def test_hostile_names_are_shown_as_they_are() -> None:
    said = text_of(pages.trapped())
    assert said.count("<img src=x onerror=alert(1)>") > 5
    assert "\u202e" not in said


OURS = Reader(render(pages.trapped("x")))
nasty = st.text(st.sampled_from("\"'<>&;=/\\\r\n\x00\u202e\ud800{}%#a "), max_size=200)


@given(text=st.text(st.characters(exclude_categories=[]), max_size=200) | nasty)
@settings(max_examples=60, deadline=None)
def test_no_name_is_html(text: str) -> None:
    reader = Reader(render(pages.trapped(text)))
    assert reader.elements <= OURS.elements
    assert reader.attributes <= OURS.attributes
    render(pages.trapped(text)).encode()  # no lone surrogates


@given(st.dictionaries(st.sampled_from(LABELS), st.integers(0, 10_000)))
def test_a_bar_is_as_wide_as_it_is_and_shows_everything(counts: dict[str, int]) -> None:
    shown = segments(counts)
    assert {part.label for part in shown} == {label for label, count in counts.items() if count}
    assert sum(part.width for part in shown) <= 100.1
    assert all(part.width > 0.5 for part in shown)
    assert bool(spoken(counts))


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 seconds ago"), (-3, "3 minutes ago"), (90, "in 1 hour"), (-60 * 50, "2 days ago")],
)
def test_times_are_told_from_now(minutes: int, said: str) -> None:
    assert ago(START + timedelta(minutes=minutes), START) == said


@pytest.mark.parametrize("cause", CauseKind)
@pytest.mark.parametrize("episode", [1, 2, 3])
@pytest.mark.parametrize("confidence", Confidence)
def test_every_kind_of_incident_can_be_shown(
    cause: CauseKind, episode: int, confidence: Confidence
) -> None:
    finding = replace(FINDING, confidence=confidence, explanation="", fix=(), link="")
    shown = replace(incident(finding, cause=Cause(cause, START)), episode=episode)
    said = text_of(replace(pages.busy(), incidents=(shown,)))
    back = {1: "", 2: "it came back once", 3: "it came back 2 times"}[episode]
    assert back in said
    assert CERTAINTY[confidence] in said


@pytest.mark.parametrize("kind", NoteKind)
def test_every_kind_of_note_can_be_shown(kind: NoteKind) -> None:
    note = Note(id="n", kind=kind, at=START, reason="because")
    assert KINDS[kind] in text_of(replace(pages.busy(), notes=(note,)))


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_can_be_shown(outcome: Outcome) -> None:
    one = Standing(registry="r", counts={outcome.label: 3})
    finding = replace(FINDING, outcome=outcome)
    view = replace(
        pages.busy(),
        overview=Overview(at=START, registries=(one,)),
        incidents=(incident(finding),),
    )
    assert f"{SIGNS[outcome]} 3 {outcome.label}" in text_of(view)
    assert f"{SIGNS[outcome]} {outcome.name} {FINDING.title}" in text_of(view)


async def test_the_page_is_made_of_what_is_stored(world: World) -> None:
    world.deploy("api", "shop/api:v1")
    world.lose(["shop/api:v1"])
    await sweep(world.services)
    await work_off(world)

    answer = await call("dashboard")

    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    said = Reader(answer.get_body().decode()).text
    assert "1 pull would fail" in said
    assert "There is no tag v1 in contoso.azurecr.io/shop/api" in said
    assert "Complete: every job came back." in said


async def test_a_resolved_incident_is_shown_for_a_week(world: World) -> None:
    world.deploy("api", "shop/api:v1")
    world.lose(["shop/api:v1"])
    await sweep(world.services)
    await work_off(world)
    world.hold("shop/api:v1")
    world.clock.pass_by(days=1)
    await sweep(world.services)
    await work_off(world)

    view = await collect(world.services)
    assert (len(view.incidents), len(view.resolved)) == (0, 1)
    assert "RESOLVED There is no tag v1" in text_of(view)

    world.clock.pass_by(days=8)
    assert (await collect(world.services)).resolved == ()


def test_registries_themselves_are_shown_step_by_step() -> None:
    said = text_of(pages.busy())
    for text in (
        "The registries themselves",
        "As they look from where Pullwatch runs, in the sweep of",
        "FAIL fabrikam.azurecr.io: challenge: /v2/ answers 403 DENIED",
        "(CONNECTIVITY_FORBIDDEN_ERROR)",
        "not reached: challenge failed",
        "az acr show-usage --name tailwind --output table",
        "PASS contoso.azurecr.io: all is well",
    ):
        assert text in said
    assert "The registries themselves" not in text_of(pages.fresh())
