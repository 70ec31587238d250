"""A grammar of error texts: every fault, in the words of every client, in every host's log.

The texts are written after the clients' sources and documentation, none is copied.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from shared.explain import CauseLabel as C
from tests.unit.explain.grammar.clients import CLIENTS, Client, by_python
from tests.unit.explain.grammar.faults import ANSWERS, BROKEN, LOCAL
from tests.unit.explain.grammar.languages import told
from tests.unit.explain.grammar.printed import PRINTED
from tests.unit.explain.grammar.runners import RUNNERS
from tests.unit.explain.grammar.services import HOSTS, Host
from tests.unit.explain.grammar.tools import TOOLS


@dataclass(frozen=True)
class Case:
    """A text with its cause; ``None`` where the text cannot tell."""

    producer: str
    cause: C | None
    text: str


def cases() -> Iterator[Case]:
    """Every text of the grammar."""
    clients = {client.name: client for client in CLIENTS}
    for host in (*HOSTS, *PRINTED, *RUNNERS):
        for name in host.clients:
            yield from _cases(host, clients[name])
    for fault in BROKEN:
        if fault.python:
            yield Case("az", fault.cause, by_python(fault))
    yield from (Case("other languages", cause, text) for cause, text in told())
    yield from (Case(producer, cause, text) for producer, cause, text in TOOLS)


def _cases(host: Host, client: Client) -> Iterator[Case]:
    told: list[tuple[C | None, str]] = [(fault.cause, client.broken(fault)) for fault in BROKEN]
    told += [(a.cause, client.answer(a)) for a in ANSWERS if a.cause not in client.hides]
    told += [(fault.cause, fault.error) for fault in LOCAL]
    for cause, words in told:
        yield Case(host.name, cause, host.shows(client.wraps.format(words)))


def write() -> None:
    """The texts as lines of JSON, labelled, to standard output."""
    for number, case in enumerate(cases()):
        cause = (case.cause or C.UNKNOWN).value
        line = {"id": f"G{number:04}", "platform": case.producer, "message": case.text}
        sys.stdout.write(json.dumps({**line, "root_cause": cause, "text_ambiguous": False}) + "\n")
