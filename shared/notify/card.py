"""An alert as an Adaptive Card 1.4. Pure: what is sent can be read and rendered without sending."""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.domain.alerts import Alert
from shared.domain.findings import Outcome
from shared.domain.incidents import Incident
from shared.domain.reports import Report, ReportLine, Tally
from shared.notify.escaping import block, card_text, plain
from shared.notify.words import REPEAT, SIGNS, Badge, badge, facts, hits, images

type Json = dict[str, Any]

LONGEST = 400
COLUMNS = (Outcome.FAIL, Outcome.WARN, Outcome.UNKNOWN, Outcome.PASS)


def card(alert: Alert, room: int) -> Json:
    """The card; ``room`` is how many lines a list may have."""
    body = [_head(alert, badge(alert))]
    if alert.maybe_repeated:
        body.append(_text(REPEAT, isSubtle=True))
    if alert.incident:
        body += _incident(alert, alert.incident, room)
    if alert.report:
        body += _report(alert.report, room)
    if alert.notice:
        body.append(_text(alert.notice))
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "fallbackText": plain(alert.headline, LONGEST),
        "body": body,
        "actions": _actions(alert),
    }


def _head(alert: Alert, shown: Badge) -> Json:
    return {
        "type": "Container",
        "style": shown.tone,
        "bleed": True,
        "items": [
            _raw(f"{shown.sign} **{shown.word}** · Pullwatch", color=shown.tone, size="Small"),
            _text(alert.headline, weight="Bolder", size="Medium"),
        ],
    }


def _incident(alert: Alert, incident: Incident, room: int) -> Iterable[Json]:
    if incident.finding.explanation and incident.open:
        yield _text(incident.finding.explanation)
    yield from _list("Image", images(incident), room)
    for hit in hits(incident.affected):
        yield from _list(hit.platform, hit.workloads, room)
    yield {
        "type": "FactSet",
        "separator": True,
        "facts": [{"title": title, "value": card_text(value)} for title, value in facts(alert)],
    }
    if incident.open:
        yield from _fix(incident.finding.fix[:room])


def _list(title: str, names: Sequence[str], room: int) -> Iterable[Json]:
    shown = [f"- {card_text(name, 160)}" for name in names[:room]]
    if len(names) > room:
        shown.append(f"- and {len(names) - room} more")
    yield _raw(f"**{title}**", spacing="Medium")
    yield _raw("\n".join(shown), spacing="None")


def _fix(commands: Sequence[str]) -> Iterable[Json]:
    if not commands:
        return
    yield _raw("**How to fix it**", spacing="Medium")
    for command in commands:
        yield {
            "type": "Container",
            "style": "emphasis",
            "spacing": "Small",
            "items": [_mono(command)],
        }


def _mono(command: str) -> Json:
    """A RichTextBlock interprets nothing, so that a command can be copied as it is."""
    run = {"type": "TextRun", "text": block(command), "fontType": "Monospace"}
    return {"type": "RichTextBlock", "inlines": [run]}


def _report(report: Report, room: int) -> Iterable[Json]:
    if not report.complete:
        missing = f"{report.missing_jobs} jobs did not come back in time"
        yield _text(f"INCOMPLETE: {missing}.", color="attention", weight="Bolder")
    yield _text(f"{report.opened} incidents opened and {report.resolved} ended since yesterday.")
    yield _row(["Registry", *(f"{SIGNS[o]} {o.name}" for o in COLUMNS)], weight="Bolder")
    for tally in report.tallies[:room]:
        yield _row([plain(tally.registry, 60), *_cells(tally)])
    if len(report.tallies) > room:
        yield _text(f"and {len(report.tallies) - room} more registries")
    for line in report.lines[:room]:
        yield _line(line)
    if len(report.lines) > room:
        yield _text(f"and {len(report.lines) - room} more open incidents")
    gaps = [f"{gap.what}: {gap.reason}" for gap in report.gaps]
    if gaps:
        yield from _list("Could not look at", gaps, room)


def _cells(tally: Tally) -> list[str]:
    return [str(tally.counts.get(outcome.label, 0)) for outcome in COLUMNS]


def _row(cells: Sequence[str], **style: str) -> Json:
    widths = ["stretch", *["56px"] * (len(cells) - 1)]
    return {
        "type": "ColumnSet",
        "spacing": "Small",
        "columns": [
            {"type": "Column", "width": width, "items": [_text(cell, **style)]}
            for cell, width in zip(cells, widths, strict=True)
        ],
    }


def _line(line: ReportLine) -> Json:
    pulls = f"{line.pulls} pull{'s' if line.pulls != 1 else ''}"
    sign = f"{SIGNS[line.outcome]} {line.outcome.name}"
    return _raw(f"{sign} · {card_text(line.title, 200)} · {pulls}", separator=True, spacing="Small")


def _actions(alert: Alert) -> list[Json]:
    actions = []
    if alert.incident and alert.incident.finding.link:
        actions.append(_open("Read about it", alert.incident.finding.link))
    if alert.dashboard.startswith("https://"):
        actions.append(_open("Dashboard", alert.dashboard))
    return actions


def _open(title: str, url: str) -> Json:
    return {"type": "Action.OpenUrl", "title": title, "url": url}


def _text(text: str, **style: str | bool) -> Json:
    return _raw(card_text(text, LONGEST), **style)


def _raw(markdown: str, **style: str | bool) -> Json:
    """Markdown of our own; names in it are escaped before."""
    return {"type": "TextBlock", "text": markdown, "wrap": True, **style}
