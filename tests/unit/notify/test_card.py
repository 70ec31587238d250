"""Teams cards: what people see, and that no name in one is anything but text."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.domain.alerts import Alert
from shared.domain.findings import Outcome
from shared.domain.incidents import Affected, Incident, Transition
from shared.domain.pulls import Cause, CauseKind, Compute, Pull, Workload
from shared.domain.reports import Tally
from shared.notify.mail import mail
from shared.notify.teams import message
from tests.support.alerts import (
    CUT_OFF,
    FINDING,
    HOSTILE,
    REPORT,
    RESTORE,
    WARNING,
    about,
    affected,
    gallery,
    hostile,
    incident,
    nightly,
)
from tests.support.fakes import START

TEAMS_TAKES = 28 * 1024
INTERPRETS_NOTHING = "TextRun"

anything = st.text(st.characters(exclude_categories=[]), max_size=3_000)
nasty = st.text(
    st.sampled_from('"\\\n\t\u202e\U0001f480ä{}[]()*_<>@&`~#|!-. \ud800'), max_size=3_000
)


def sent(alert: Alert) -> dict[str, Any]:
    """The card as it goes out."""
    [attachment] = json.loads(message(alert))["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card: dict[str, Any] = attachment["content"]
    return card


def parts(value: object) -> Iterator[dict[str, Any]]:
    """Every object in a card, in the order in which it is read."""
    if isinstance(value, list):
        for one in value:
            yield from parts(one)
    elif isinstance(value, dict):
        yield value
        for one in value.values():
            yield from parts(one)


def runs(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in parts(card["body"]) if part.get("type") == INTERPRETS_NOTHING]


def words(card: dict[str, Any]) -> str:
    return "\n".join(run["text"] for run in runs(card))


def counted_bytes(card: dict[str, Any]) -> int:
    """As Teams counts: the card is a string of JSON inside of JSON."""
    inner = json.dumps(card, ensure_ascii=False, separators=(",", ":"))
    return len(json.dumps(inner, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    ("kind", "said", "tone"),
    [
        ("opened", "\N{HEAVY MULTIPLICATION X} FAIL", "attention"),
        ("updated", "\N{HEAVY MULTIPLICATION X} FAIL", "attention"),
        ("warning", "\N{BLACK UP-POINTING TRIANGLE} WARN", "warning"),
        ("resolved", "\N{HEAVY CHECK MARK} RESOLVED", "good"),
        ("report", "\N{HEAVY MULTIPLICATION X} FAIL", "attention"),
        ("quiet", "\N{HEAVY CHECK MARK} PASS", "good"),
        ("operator", "\N{BLACK UP-POINTING TRIANGLE} WARN", "warning"),
    ],
)
def test_the_outcome_is_a_sign_a_word_and_a_colour(kind: str, said: str, tone: str) -> None:
    card = sent(gallery()[kind])
    assert runs(card)[0]["text"] == said
    assert runs(card)[0]["color"] == tone
    assert card["body"][0]["style"] == tone


def test_an_incident_says_what_whom_since_who_and_how_sure() -> None:
    said = words(sent(about(incident())))
    for text in (
        FINDING.title,
        FINDING.explanation,
        "5 workloads hit, 2 of them in use now.",
        "2026-03-01 02:00:00 UTC",
        (
            "mallory@contoso.com deleted the manifest with the Azure CLI (azure-cli/2.68); "
            "it carried v412"
        ),
        "proven: seen live",
    ):
        assert text in said


def test_since_when_and_what_to_do_come_before_the_many_who_are_hit() -> None:
    alert = gallery()["many"]
    for said in (words(sent(alert)), mail(alert).text, mail(alert).html):
        order = [said.index(text) for text in ("02:00:00 UTC", "How to fix it", "worker-000")]
        assert order == sorted(order)


def test_the_evidence_is_told_with_its_time_and_whose_it_is_where_many_are_hit() -> None:
    title = "What was seen for aks-prod/shop/deployment/api, 2026-03-01 02:00:00 UTC"
    alert = about(incident())
    for said in (words(sent(alert)), mail(alert).text, mail(alert).html):
        assert title in said
    alone = words(sent(about(incident(hit=affected(1)))))
    assert "What was seen, 2026-03-01 02:00:00 UTC" in alone


def test_whom_a_warning_concerns_is_at_risk_and_not_hit() -> None:
    risk = incident(WARNING, cause=Cause(CauseKind.SWEEP, START))
    said = words(sent(about(risk)))
    assert "5 workloads at risk, 2 of them in use now." in said
    assert "AKS: 3 at risk" in said
    assert "hit" not in said
    over = replace(risk, resolved=START + timedelta(hours=1))
    ended = words(sent(about(over, Transition.RESOLVED)))
    assert "Over after 1 hour. 5 workloads had been at risk." in ended
    assert "hit" not in ended.lower()


def test_the_hit_are_grouped_by_platform_and_those_in_use_come_first() -> None:
    said = words(sent(about(incident(hit=tuple(reversed(affected()))))))
    order = [
        "AKS: 3 hit",
        "deployment/api",
        "cronjob/export (idle: its next start pulls)",
        "replicaset/api-5c9 (needed for a rollback only)",
        "App Service: 1 hit",
        "portal/staging",
        "Container Apps: 1 hit",
    ]
    assert [said.index(text) for text in order] == sorted(said.index(text) for text in order)


def test_a_workload_with_several_images_is_one_workload() -> None:
    hit = affected(1) + affected(1, image="contoso.azurecr.io/shop/api:v9")
    said = words(sent(about(incident(hit=hit))))
    assert "1 workload hit" in said
    assert "AKS: 1 hit" in said
    assert "shop/api:v9" in said


def test_commands_come_in_their_order_in_one_piece_and_in_monospace() -> None:
    commands = [run for run in runs(sent(about(incident()))) if run.get("fontType") == "Monospace"]
    assert [run["text"] for run in commands] == list(FINDING.fix[:2])


def test_a_command_that_is_too_long_is_left_out_whole() -> None:
    """Half a command does something else."""
    long = "az acr manifest delete --yes " + "x" * 5_000
    said = words(sent(about(incident(replace(FINDING, fix=(long, RESTORE))))))
    assert "az acr manifest delete" not in said
    assert RESTORE in said
    assert "1 more on the dashboard and in the mail" in said


def test_an_update_says_how_many_more() -> None:
    grown = about(incident(hit=affected(late=(3, 4))), Transition.UPDATED)
    said = words(sent(grown))
    assert "2 more since it opened: 5 workloads hit now." in said
    assert "portal/staging (a slot: pulls when restarted; since 2026-03-01 02:04:00 UTC)" in said


def test_the_end_is_short_and_says_how_long_it_was() -> None:
    ended = about(incident(resolved=START + timedelta(hours=3, minutes=4)), Transition.RESOLVED)
    card = sent(ended)
    assert "Over after 3 hours 4 minutes. It had hit 5 workloads." in words(card)
    assert "How to fix it" not in words(card)
    assert len(words(card)) < 500


def test_a_possible_repeat_says_so() -> None:
    assert "may be a repeat" in words(sent(replace(CUT_OFF, maybe_repeated=True)))


def test_what_was_cut_off_is_named_with_its_fix() -> None:
    said = words(sent(CUT_OFF))
    assert "az acr manifest restore" in said
    assert "none is sent again" in said


def test_more_than_fits_is_counted() -> None:
    card = sent(gallery()["many"])
    said = words(card)
    assert "700 workloads hit" in said
    listed = said.count("\N{BULLET} worker-")
    assert 0 < listed < 700
    assert f"and {700 - listed} more" in said


def test_a_report_says_how_many_of_each_and_what_is_missing() -> None:
    said = words(sent(gallery()["incomplete"]))
    for text in ("6", "would fail", "39", "would work", "fabrikam.azurecr.io", "2 unknown"):
        assert text in said
    assert "2 jobs did not come back in time" in said
    assert "aks-edge (managedClusters in resource group shop): 403" in said


def test_the_dashboard_opens_at_the_incident() -> None:
    actions = sent(about(incident()))["actions"]
    assert [action["url"] for action in actions] == [
        f"https://pullwatch.contoso.com/#incident-{incident().id}",
        FINDING.link,
    ]


def test_every_text_of_every_alert_is_one_that_interprets_nothing() -> None:
    for alert in gallery().values():
        kinds = {part["type"] for part in parts(sent(alert)["body"]) if "type" in part}
        assert kinds <= {
            "Column",
            "ColumnSet",
            "Container",
            "RichTextBlock",
            INTERPRETS_NOTHING,
        }


def assert_harmless(alert: Alert) -> None:
    card = sent(alert)
    assert counted_bytes(card) < TEAMS_TAKES
    assert len(message(alert)) < TEAMS_TAKES
    assert card["msteams"] == {"width": "Full"}  # no entities: nobody can be mentioned
    for part in parts(card):
        assert "selectAction" not in part
        text = part.get("text", "")
        assert "{{DATE(" not in text
        assert "{{TIME(" not in text
        assert not any(ord(c) < 32 and c != "\n" for c in text)
        assert not {"\u202e", "\u200b", "\u2066"} & set(text)
        if "url" in part:
            assert part["url"].startswith(("https://", "http://"))


def test_a_hostile_name_is_only_text() -> None:
    card = sent(hostile())
    assert_harmless(hostile())
    assert card["actions"] == []
    assert "[click](https://evil.example) <at>Everyone</at>" in words(card)


@given(text=anything | nasty)
@settings(max_examples=150, deadline=None)
def test_no_name_can_break_or_inflate_a_card(text: str) -> None:
    assert_harmless(hostile(text))


@given(text=nasty, count=st.integers(1, 400))
@settings(max_examples=25, deadline=None)
def test_however_much_there_is_to_say_a_card_fits(text: str, count: int) -> None:
    some = [
        Affected(
            Pull(
                Workload(f"{text}{n}", list(Compute)[n % 4], f"{text}{n}"),
                replace(affected(1)[0].pull.image, tag=f"{text}{n}"),
            ),
            START,
        )
        for n in range(count)
    ]
    large: Incident = incident(
        replace(FINDING, fix=(text,) * count, explanation=text), hit=tuple(some)
    )
    assert_harmless(about(large))
    report = replace(
        REPORT,
        tallies=tuple(Tally(f"{text}{n}", {"fail": n}) for n in range(count)),
        lines=tuple(replace(REPORT.lines[0], title=text, fix=text) for _ in range(count)),
        gaps=tuple(replace(REPORT.gaps[0], what=text, reason=text) for _ in range(count)),
    )
    assert_harmless(nightly(report))


def test_outcomes_without_a_colour_still_have_a_word() -> None:
    unknown = nightly(replace(REPORT, tallies=(), lines=(), complete=False, health=()))
    assert unknown.outcome is Outcome.UNKNOWN
    assert runs(sent(unknown))[0]["text"] == "? UNKNOWN"


def test_the_hostile_text_is_hostile() -> None:
    """The tests above mean something only while it is."""
    assert all(trap in HOSTILE for trap in ("**", "](", "<at>", "{{DATE(", "\u202e", "\r\n"))


def test_registries_in_trouble_are_told_apart_from_pulls() -> None:
    said = sent(nightly())
    text = " ".join(str(one["text"]) for one in runs(said))
    assert "From where Pullwatch runs: 2 of 3 registries in trouble" in text
    assert "challenge: /v2/ answers 403 DENIED" in text
    assert "CONNECTIVITY_FORBIDDEN_ERROR" in text
    assert "contoso.azurecr.io is well" not in text


def test_registries_that_are_well_take_one_line() -> None:
    text = " ".join(str(one["text"]) for one in runs(sent(gallery()["quiet"])))
    assert "From where Pullwatch runs: 1 registry is well" in text
