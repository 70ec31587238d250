"""An alert as mail: HTML and plain text from one set of words."""

from functools import cache

from jinja2 import Environment, PackageLoader, Template, select_autoescape
from msgspec import Struct

from shared.domain.alerts import Alert
from shared.domain.findings import Outcome
from shared.notify.escaping import block, header, plain
from shared.notify.words import REPEAT, SIGNS, badge, facts, hits, images

MOST = 200
"""Lines of one list; what is more is counted."""


class Mail(Struct, frozen=True):
    """A mail without its receivers."""

    subject: str
    html: str
    text: str


def mail(alert: Alert) -> Mail:
    """The mail for an alert. Pure."""
    subject = header(f"[{badge(alert).word}] {alert.headline}")
    words = _words(alert)
    return Mail(subject, _template("mail.html").render(words), _template("mail.txt").render(words))


def _words(alert: Alert) -> dict[str, object]:
    return {
        "alert": alert,
        "badge": badge(alert),
        "facts": facts(alert),
        "hits": hits(alert.incident.affected) if alert.incident else (),
        "images": images(alert.incident) if alert.incident else (),
        "repeat": REPEAT if alert.maybe_repeated else "",
        "outcomes": (Outcome.FAIL, Outcome.WARN, Outcome.UNKNOWN, Outcome.PASS),
        "signs": SIGNS,
        "most": MOST,
    }


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("shared.notify"),
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"plain": plain, "block": block}
    return environment.get_template(name)
