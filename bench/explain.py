"""``python -m bench.explain FILE.jsonl``: how often the causes of labelled error texts are found.

Each line is ``{"id", "message", "root_cause"}``, with ``platform`` and ``text_ambiguous`` where
they are known. A text that is ambiguous is right as UNKNOWN, too. Exit code 1 when a cause is
claimed wrongly with more than low confidence.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from local.arguments import Parser
from shared.explain import CauseLabel, Certainty, explain


class Told(Struct, frozen=True):
    """One text's answer beside its label."""

    id: str
    producer: str
    label: str
    answer: str
    ambiguous: bool
    confident: bool
    seconds: float

    @property
    def verdict(self) -> str:
        """``right``, ``unknown`` or ``wrong``."""
        if self.answer == self.label:
            return "right"
        return "unknown" if self.answer == CauseLabel.UNKNOWN else "wrong"

    @property
    def misleads(self) -> bool:
        """Whether somebody would repair the wrong thing."""
        return self.verdict == "wrong" and self.confident


def main(words: Sequence[str]) -> int:
    """Measure a file of labelled texts, and print tables in Markdown."""
    parser = Parser(prog="python -m bench.explain", description=main.__doc__)
    parser.add_argument("file", type=Path, help="lines of JSON: id, message, root_cause")
    parser.add_argument("--by", choices=("producer", "label"), default="label")
    parser.add_argument("--misses", action="store_true", help="name every text that is not right")
    asked = parser.parse_args(words)
    told = list(answers(asked.file.read_text(encoding="utf-8").splitlines()))
    print("\n".join(report(told, asked.by)))
    if asked.misses:
        for one in (t for t in told if t.verdict != "right"):
            print(f"{one.id}: {one.label} read as {one.answer}{' (ambiguous)' * one.ambiguous}")
    return 1 if any(one.misleads for one in told) else 0


def answers(lines: Iterable[str]) -> Iterator[Told]:
    """The answer to each line."""
    for line in lines:
        given = json.loads(line)
        started = time.process_time()
        found = explain(given["message"])
        yield Told(
            id=str(given["id"]),
            producer=str(given.get("platform", "")),
            label=given["root_cause"],
            answer=found.cause.value,
            ambiguous=bool(given.get("text_ambiguous")),
            confident=found.confidence is not Certainty.LOW,
            seconds=time.process_time() - started,
        )


def report(told: Sequence[Told], by: str) -> Iterator[str]:
    """The whole first, then a row for each producer or label."""
    yield f"| {by} | texts | right | unknown | wrong | of these wrong with confidence |"
    yield "|---|---|---|---|---|---|"
    groups: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        groups[getattr(one, by)].append(one)
    clear = [one for one in told if not one.ambiguous]
    yield _row("**all whose text tells the cause**", clear)
    if len(clear) < len(told):
        yield _row("**all whose text is ambiguous**", [one for one in told if one.ambiguous])
    yield from (_row(name, groups[name]) for name in sorted(groups))
    mean = 1000 * sum(one.seconds for one in told) / max(len(told), 1)
    yield f"\n{mean:.2f} ms a text"


def _row(name: str, told: Sequence[Told]) -> str:
    counts = [sum(one.verdict == v for one in told) for v in ("right", "unknown", "wrong")]
    cells = [len(told), *counts, sum(one.misleads for one in told)]
    return f"| {name} | {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
