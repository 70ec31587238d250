"""Templates, and the policy under which browsers show what comes of them.

A page is one file: its style is inside, and the policy names that style by its hash. Nothing
else loads or runs, whatever a tag or an error text may hold.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from shared.domain import words
from shared.domain.findings import is_command
from shared.domain.health import said
from shared.domain.text import lines, plain
from shared.web import figures

if TYPE_CHECKING:
    from jinja2 import Environment


def page(name: str, **said: object) -> str:
    """A page from its template; every value is escaped."""
    return _environment().get_template(name).render(style=_style(), **said)


@cache
def policy() -> str:
    """The Content-Security-Policy of a page."""
    digest = b64encode(sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _style() -> str:
    environment = _environment()
    assert environment.loader is not None  # noqa: S101 - it was given below
    return environment.loader.get_source(environment, "page.css")[0]


@cache
def _environment() -> "Environment":
    # most processes never show a page: those need not wait for the import
    from jinja2 import Environment, PackageLoader  # noqa: PLC0415

    environment = Environment(
        loader=PackageLoader("shared.web"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "plain": plain,
        "lines": lines,
        "ago": figures.ago,
        "segments": figures.segments,
        "spoken": figures.spoken,
        "sign": figures.sign,
        "when": words.when,
        "lasted": words.lasted,
        "foretold": words.foretold,
        "place": words.place,
        "nearer": words.nearer,
        "origin": words.origin,
        "groups": words.groups,
        "images": words.images,
        "workloads": words.workloads,
        "many": words.many,
        "in_use": words.in_use,
        "bites_later": words.bites_later,
        "concerned": words.concerned,
        "warns": words.warns,
        "witnessed": words.witnessed,
        "first_steps": words.first_steps,
        "said": said,
        "ruled_out": words.ruled_out,
    }
    environment.tests |= {"command": is_command, "told": words.told_who}
    environment.globals |= {
        "signs": words.SIGNS,
        "meanings": words.MEANINGS,
        "certainty": words.CERTAINTY,
        "simulated": words.SIMULATED,
        "counted": words.counted,
    }
    return environment
