"""An alert as mail: HTML and plain text from one set of words."""

from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from shared.domain.alerts import Alert
from shared.domain.findings import is_command
from shared.domain.health import said, troubled
from shared.domain.text import lines, plain
from shared.domain.words import (
    MEANINGS,
    SIGNS,
    counted,
    groups,
    lasted,
    nearer,
    place,
    ruled_out,
    when,
    witnessed,
)
from shared.notify import words
from shared.notify.escaping import header

if TYPE_CHECKING:
    from jinja2 import Template

MOST = 200
"""Lines of one list; what is more is counted."""
COLOURS = {
    "attention": ("#a4262c", "#fdf3f4"),
    "warning": ("#8a5100", "#fff8ec"),
    "good": ("#0e700e", "#f1faf1"),
    "default": ("#4a4a5a", "#f5f5f8"),
}
"""Tone -> text and background. Each pair has a contrast of at least 4.5 to 1."""


class Mail(Struct, frozen=True):
    """A mail without its receivers."""

    subject: str
    html: str
    text: str


def mail(alert: Alert) -> Mail:
    """The mail for an alert. Pure."""
    said = _said(alert)
    return Mail(
        header(words.subject(alert)),
        _template("mail.html").render(said),
        _template("mail.txt").render(said),
    )


def _said(alert: Alert) -> dict[str, object]:
    incident, report = alert.incident, alert.report
    shown = words.badge(alert)
    return {
        "alert": alert,
        "incident": incident,
        "report": report,
        "badge": shown,
        "colours": COLOURS[shown.tone],
        "headline": words.headline(alert),
        "summary": words.summary(alert),
        "repeat": words.REPEAT if alert.maybe_repeated else "",
        "facts": words.facts(incident) if incident else (),
        "groups": groups(incident) if incident else (),
        "reach": words.reach,
        "todo": words.todo(incident) if incident else "",
        "images": words.hit_images(incident) if incident else (),
        "witnessed": witnessed(incident) if incident else "",
        "incomplete": words.incomplete(report) if report and not report.complete else "",
        "news": words.news(report) if report else "",
        "looked": words.looked(report.health) if report and report.health else "",
        "troubled": troubled(report.health) if report else (),
        "place": words.anchor(alert),
        "help": words.HELP.get(alert.topic, ""),
    }


@cache
def _template(name: str) -> "Template":
    # most processes never write a mail: those need not wait for the import
    from jinja2 import Environment, PackageLoader, select_autoescape  # noqa: PLC0415

    environment = Environment(
        loader=PackageLoader("shared.notify"),
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "plain": plain,
        "lines": lines,
        "when": when,
        "lasted": lasted,
        "place": place,
        "nearer": nearer,
        "said": said,
        "ruled_out": ruled_out,
    }
    environment.tests |= {"command": is_command}
    environment.globals |= {
        "outcomes": words.REPORTED,
        "tones": {o: COLOURS[words.TONES.get(o, "default")][0] for o in words.REPORTED},
        "signs": SIGNS,
        "meanings": MEANINGS,
        "counted": counted,
        "most": MOST,
    }
    return environment.get_template(name)
