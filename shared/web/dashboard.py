"""The pages as HTML. Pure."""

from shared.adapters.store.ledger import NoteKind
from shared.domain.diagnosis import Gap
from shared.domain.findings import Outcome
from shared.domain.reports import Report
from shared.domain.words import counted
from shared.web.figures import ago
from shared.web.heartbeats import Heartbeat
from shared.web.overview import WAITING
from shared.web.pages import page
from shared.web.view import DashboardView

SHOWN = (Outcome.FAIL, Outcome.WARN, Outcome.UNKNOWN, Outcome.PASS)
MOST_INCIDENTS = 100
MOST_VICTIMS = 100
MOST_GAPS = 50
KINDS = {
    NoteKind.EVENT_IGNORED: "an event was ignored",
    NoteKind.EVENT_MALFORMED: "an event was not understood",
    NoteKind.MESSAGE_MALFORMED: "a message was not understood",
    NoteKind.MESSAGE_GIVEN_UP: "a message was given up",
    NoteKind.DELIVERY_FAILED: "an alert was not delivered",
}
SILENCE = {
    "watch": "Tags that are untagged or purged go unnoticed until it runs.",
    "sweep": "What breaks without an event goes unnoticed until it runs.",
}


def render(view: DashboardView) -> str:
    """The whole dashboard; every name in it is escaped."""
    return page(
        "dashboard.html",
        view=view,
        headline=headline,
        calm=calm,
        all_seen=all_seen,
        gaps=gaps,
        tally=tally,
        upcoming=upcoming,
        kinds=KINDS,
        silence=SILENCE,
        outcomes=SHOWN,
        most_incidents=MOST_INCIDENTS,
        most_victims=MOST_VICTIMS,
        most_gaps=MOST_GAPS,
    )


def headline(view: DashboardView) -> str:
    """The page in one sentence."""
    counts = view.overview.counts
    failing, unknown = counts.get(Outcome.FAIL.label, 0), counts.get(Outcome.UNKNOWN.label, 0)
    if failing:
        return f"{counted(failing, 'pull')} would fail"
    if not counts:
        return "Nothing is known yet"
    if unknown or counts.get(WAITING):
        return "No pull is known to fail, but not all are known"
    return "Every pull would work"


def calm(view: DashboardView) -> str:
    """Why there is no open incident."""
    judged = sum(view.overview.counts.values()) - view.overview.counts.get(WAITING, 0)
    if not judged:
        later = upcoming(view, "sweep", "The nightly sweep diagnoses every pull")
        return f"Nothing was diagnosed yet. {later} A deletion in between is diagnosed at once."
    return "None. What breaks shows here, and is told at once when an event or the watch finds it."


def gaps(view: DashboardView) -> tuple[tuple[str, Gap], ...]:
    """When it was (``now``, ``at the latest sweep``), and what could not be read then."""
    reported = view.report.gaps if view.report else ()
    earlier = [gap for gap in reported if gap not in view.overview.gaps]
    now = [("now", gap) for gap in view.overview.gaps]
    return (*now, *(("at the latest sweep", gap) for gap in earlier))


def all_seen(view: DashboardView) -> str:
    """What it means that nothing is listed as not looked at. Not having looked is no answer."""
    if view.report is None:
        later = upcoming(view, "sweep", "The nightly sweep looks at every pull")
        return f"Not known yet: there was no complete look so far. {later}"
    return "Nothing: the latest sweep read every registry and every workload in scope."


def tally(report: Report) -> dict[str, int]:
    """The counts of a report that are not zero."""
    return {label: count for label, count in report.counts.items() if count}


def upcoming(view: DashboardView, timer: str, what: str) -> str:
    """When something will happen, as far as the schedule tells."""
    beat: Heartbeat | None = next((b for b in view.heartbeats if b.name == timer), None)
    if beat is None or beat.next is None:
        return f"{what} when its schedule says so."
    return f"{what} at {beat.next:%H:%M} UTC, {ago(beat.next, view.at)}."
