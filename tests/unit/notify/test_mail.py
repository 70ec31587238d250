"""Mail: what people read, and that no name in one is HTML or a header."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.domain.alerts import Alert
from shared.domain.incidents import Transition
from shared.domain.pulls import Cause, CauseKind
from shared.notify.mail import mail
from shared.notify.smtp import compose
from shared.notify.teams import message
from shared.settings import Settings
from tests.support.alerts import (
    FINDING,
    HOSTILE,
    RESTORE,
    about,
    affected,
    gallery,
    hostile,
    incident,
    nightly,
)
from tests.support.fakes import START

SETTINGS = Settings(
    smtp_host="smtp.contoso.com", mail_from="pullwatch@contoso.com", mail_to=("ops@contoso.com",)
)
HEADERS = {
    "subject",
    "from",
    "to",
    "date",
    "message-id",
    "references",
    "auto-submitted",
    "mime-version",
    "content-type",
}


class Reader(HTMLParser):
    """The elements, addresses and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.words: list[str] = []
        self.within = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.within = tag
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        if self.within != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def received(alert: Alert) -> EmailMessage:
    """The mail as it arrives."""
    return message_from_bytes(compose(alert, SETTINGS).as_bytes(), policy=policy.default)


@pytest.mark.parametrize("kind", gallery())
def test_both_parts_say_the_same(kind: str) -> None:
    alert = gallery()[kind]
    content = mail(alert)
    html = Reader(content.html).text
    for line in content.text.splitlines():
        for word in line.split():
            assert word.strip("()-:,.").casefold() in html.casefold() or line.startswith(
                ("Dashboard", "Read about it")
            ), line


def test_the_subject_says_the_outcome_and_the_headline() -> None:
    assert mail(about(incident())).subject == f"[FAIL] {FINDING.title}"
    grown = about(incident(hit=affected(late=(4,))), Transition.UPDATED)
    assert mail(grown).subject == f"[FAIL update] {FINDING.title}"


def test_an_incident_says_whom_since_who_how_sure_and_what_to_do() -> None:
    content = mail(about(incident()))
    for said in (
        "AKS: 3 hit",
        "aks-prod/shop/cronjob/export (idle: its next start pulls)",
        "2026-03-01 02:00:00 UTC",
        "mallory@contoso.com deleted the manifest",
        "proven: seen live",
        RESTORE,
    ):
        assert said in content.text
        assert said in Reader(content.html).text
    assert content.text.index(RESTORE) < content.text.index("az acr repository show-tags")


def test_the_end_is_short_and_has_no_commands() -> None:
    ended = incident(resolved=START + timedelta(days=1, hours=2))
    content = mail(about(ended, Transition.RESOLVED))
    assert content.subject.startswith("[RESOLVED]")
    assert "Over after 1 day 2 hours. It had hit 5 workloads." in content.text
    assert "az acr" not in content.text


def test_links_lead_to_the_dashboard_and_to_the_documentation_only() -> None:
    assert Reader(mail(about(incident())).html).addresses == [
        f"https://pullwatch.contoso.com/#incident-{incident().id}",
        FINDING.link,
    ]
    assert Reader(mail(hostile()).html).addresses == []


def test_nothing_is_loaded_from_anywhere() -> None:
    """A mail that loads an image tells a stranger who read it."""
    for alert in gallery().values():
        reader = Reader(mail(alert).html)
        assert not reader.elements & {"img", "script", "link", "iframe", "form", "style"}
        assert not {name for name in reader.attributes if name.startswith("on")}


def test_a_hostile_name_is_shown_as_it_is() -> None:
    assert "<img src=x onerror=alert(1)>" in Reader(mail(hostile()).html).text


def test_a_hostile_name_adds_no_header() -> None:
    got = received(hostile())
    assert {name.lower() for name in got} == HEADERS
    assert got["Bcc"] is None
    assert str(got["To"]) == "ops@contoso.com"


OURS = Reader(mail(hostile("x")).html)
anything = st.text(st.characters(exclude_categories=[]), max_size=600)
nasty = st.text(st.sampled_from("\"'<>&;=/\\\r\n\x00\u2028\ud800{}%#a "), max_size=600)


@given(text=anything | nasty)
@settings(max_examples=100, deadline=None)
def test_no_name_is_html_or_a_header(text: str) -> None:
    alert = hostile(text)
    reader = Reader(mail(alert).html)
    assert reader.elements == OURS.elements
    assert reader.attributes == OURS.attributes
    got = received(alert)
    assert {name.lower() for name in got} == HEADERS
    assert len(str(got["Subject"])) <= 150
    assert max(map(len, compose(alert, SETTINGS).as_bytes().splitlines())) <= 998  # RFC 5322, 2.1.1


@pytest.mark.parametrize("cause", CauseKind)
@pytest.mark.parametrize("transition", Transition)
@pytest.mark.parametrize("episode", [1, 3])
def test_every_kind_of_incident_can_be_told(
    cause: CauseKind, transition: Transition, episode: int
) -> None:
    finding = replace(FINDING, explanation="", fix=(), link="")
    told = replace(incident(finding, cause=Cause(cause, START)), episode=episode)
    content = mail(about(told, transition))
    assert FINDING.title in content.text
    assert ("2 times before" in content.text) is (episode == 3)
    assert message(about(told, transition))


def test_alerts_of_one_incident_are_one_thread_and_answer_no_robot() -> None:
    opened = received(replace(about(incident()), id="a"))
    grown = received(replace(about(incident(), Transition.UPDATED), id="b"))
    assert opened["References"] == grown["References"]
    assert opened["Message-ID"] != grown["Message-ID"]
    assert received(about(incident()))["Message-ID"] == received(about(incident()))["Message-ID"]
    assert opened["Auto-Submitted"] == "auto-generated"


def test_the_hostile_text_tries_a_header() -> None:
    assert "\r\nBcc:" in HOSTILE


@pytest.mark.parametrize("part", ["html", "text"])
def test_registries_themselves_are_told_with_what_to_do(part: str) -> None:
    written = mail(nightly())
    said = Reader(written.html).text if part == "html" else written.text
    assert "From where Pullwatch runs: 2 of 3 registries in trouble" in said
    assert "CONNECTIVITY_FORBIDDEN_ERROR" in said
    assert "az acr show-usage --name tailwind" in said
