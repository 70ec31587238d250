"""An alert as an Adaptive Card 1.4. Pure: what is sent can be read and rendered without sending."""

from collections.abc import Iterable

from msgspec.structs import replace

from shared.domain.alerts import Alert
from shared.domain.incidents import Incident, Transition
from shared.domain.words import groups, nearer, ruled_out, witnessed
from shared.notify.card_parts import (
    Fit,
    Json,
    box,
    bullets,
    commands,
    fact_rows,
    links,
    paragraph,
    run,
    title,
)
from shared.notify.card_report import report_body
from shared.notify.escaping import run_text
from shared.notify.words import (
    DOT,
    HELP,
    REPEAT,
    anchor,
    badge,
    facts,
    headline,
    hit_images,
    reach,
    subject,
    summary,
    todo,
)

MOST_SEEN = 6
"""Lines of evidence on a card; the mail and the dashboard have them all."""


def card(alert: Alert, fit: Fit) -> Json:
    """The card, with as much in it as ``fit`` says."""
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "fallbackText": run_text(subject(alert), fit.text),
        "body": [_head(alert, fit), *_body(alert, fit)],
        "actions": _actions(alert),
    }


def _head(alert: Alert, fit: Fit) -> Json:
    shown = badge(alert)
    items = [
        paragraph(
            run(f"{shown.sign} {shown.word}", weight="Bolder", color=shown.tone),
            run(f"{shown.kind} {DOT} Pullwatch", lead="  ", size="Small", isSubtle=True),
        ),
        paragraph(run(headline(alert), fit.text, weight="Bolder", size="Medium"), spacing="Small"),
    ]
    if said := summary(alert):
        items.append(paragraph(run(said), spacing="Small"))
    if alert.maybe_repeated:
        items.append(paragraph(run(REPEAT, isSubtle=True, size="Small"), spacing="Small"))
    return box(shown.tone, items, bleed=True)


def _body(alert: Alert, fit: Fit) -> Iterable[Json]:
    if alert.incident and alert.transition is Transition.RESOLVED:
        yield from fact_rows(facts(alert.incident), fit)
    elif alert.incident:
        yield from _open(alert.incident, fit)
    if alert.report:
        yield from report_body(alert.report, fit)
    if alert.notice:
        yield paragraph(run(alert.notice, fit.text))
    yield from bullets(alert.items, fit)
    if alert.topic in HELP:
        yield paragraph(run(HELP[alert.topic], isSubtle=True))


def _open(incident: Incident, fit: Fit) -> Iterable[Json]:
    """Since when and who, why, what to do; then everyone, who may be many; then the evidence."""
    yield from fact_rows(facts(incident), fit)
    if incident.finding.explanation:
        yield paragraph(run(incident.finding.explanation, fit.text), spacing="Medium")
    yield from commands(incident.finding.fix, fit, todo(incident))
    for group in groups(incident):
        yield title(f"{group.platform}: {reach(incident, len(group.victims))}")
        names = [f"{v.name} ({v.note})" if v.note else v.name for v in group.victims]
        yield from bullets(names, fit)
    if found := hit_images(incident):
        yield title("Images" if len(found) > 1 else "Image")
        yield from bullets(found, fit)
    yield from _sight(incident, fit)


def _sight(incident: Incident, fit: Fit) -> Iterable[Json]:
    """What it rests on comes last: it is for whoever doubts."""
    sight = incident.finding.sight
    few = replace(fit, lines=min(fit.lines, MOST_SEEN))
    if sight.seen:
        yield title(witnessed(incident))
        yield from bullets(list(map(nearer, sight.seen)), few)
    if sight.ruled_out:
        yield title("Ruled out")
        yield paragraph(run(ruled_out(sight), fit.text, isSubtle=True), spacing="None")
    if sight.unseen:
        yield title("Could not be seen")
        yield from bullets(list(map(nearer, sight.unseen)), few)


def _actions(alert: Alert) -> list[Json]:
    told = alert.incident if alert.transition is not Transition.RESOLVED else None
    about = told.finding.link if told else ""
    return links(("Open the dashboard", anchor(alert)), ("Read about it", about))
