"""The matrix as people read it, and as programs do."""

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from local.faults.base import PLATFORMS
from local.faults.cases import Kind, Result
from local.faults.matrix import DEPLOYED
from local.wiring import ROOT

FINDINGS: Final = ROOT / "docs" / "findings.md"
_CODE: Final = re.compile(r"^\*\*`([A-Z0-9_]+)`\*\*", re.MULTILINE)
COMPUTE: Final = tuple(dict.fromkeys(PLATFORMS.values()))


class Counts(Struct, frozen=True):
    """What was tried. A cell is one problem on one compute platform."""

    problems: int
    cells: int
    faults: int
    pairs: int
    lookalikes: int
    deployed: int
    wrong: int
    missing_when_unknown: int
    never_planted: tuple[str, ...]


def problems(page: Path = FINDINGS) -> list[str]:
    """Every problem that the app knows, as its generated page lists them."""
    return _CODE.findall(page.read_text(encoding="utf-8"))


def cells(results: Iterable[Result]) -> dict[str, dict[str, list[str]]]:
    """Problem -> platform -> what was wrong; an empty list is all right."""
    table: dict[str, dict[str, list[str]]] = {}
    for result in (one for one in results if one.case.kind is Kind.FAULT):
        row = table.setdefault(result.case.code, {})
        for name in result.hit:
            if result.case.is_named_for(name):
                row.setdefault(PLATFORMS[name.partition("-")[0]], [])
        for miss in result.misses:
            platform = PLATFORMS.get(miss.workload.partition("-")[0], COMPUTE[0])
            row.setdefault(platform, []).append(f"{miss.workload}: {miss.got}")
    return table


def counts(results: Sequence[Result], known: Sequence[str]) -> Counts:
    """The figures under the table."""
    table = cells(results)
    direct = [result for result in results if result.through != DEPLOYED]
    kinds = [result.case.kind for result in direct]
    planted = {code for code, row in table.items() if row}
    return Counts(
        problems=len(planted),
        cells=sum(len(row) for row in table.values()),
        faults=kinds.count(Kind.FAULT),
        pairs=kinds.count(Kind.PAIR),
        lookalikes=kinds.count(Kind.LOOKALIKE),
        deployed=len(results) - len(direct),
        wrong=sum(bool(result.misses) for result in results),
        missing_when_unknown=sum(
            miss.wanted == "unknown" and "EXISTENCE_" in miss.got
            for result in results
            for miss in result.misses
        ),
        never_planted=tuple(code for code in known if code not in planted),
    )


def lines(results: Sequence[Result], known: Sequence[str]) -> list[str]:
    """The table, what went wrong, and the figures."""
    table = cells(results)
    wide = max((len(code) for code in table), default=0)
    head = " ".join(f"{platform:>20}" for platform in COMPUTE)
    said = [f"{'':{wide}} {head}"]
    for code, row in table.items():
        marks = (_mark(row.get(platform)) for platform in COMPUTE)
        said.append(f"{code:{wide}} " + " ".join(f"{mark:>20}" for mark in marks))
    return [*said, "", *_wrong(results), *_figures(counts(results, known))]


def as_json(results: Sequence[Result], known: Sequence[str]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "cells": cells(results),
        "cases": [
            {
                "name": one.case.name,
                "kind": one.case.kind,
                "through": one.through,
                "right": not one.misses,
                "hits": one.hit,
                "misses": [
                    {"workload": m.workload, "wanted": m.wanted, "got": m.got} for m in one.misses
                ],
            }
            for one in results
        ],
        "counts": counts(results, known),
    }


def _mark(wrong: list[str] | None) -> str:
    if wrong is None:
        return "-"
    return "ok" if not wrong else "WRONG"


def _wrong(results: Iterable[Result]) -> list[str]:
    said = []
    for result in (one for one in results if one.misses):
        said.append(f"WRONG {result.case.kind}: {result.case.name} (through {result.through})")
        said += [
            f"    {m.workload}: {m.wanted or 'pass'} wanted, got {m.got}" for m in result.misses
        ]
    return [*said, ""] if said else []


def _figures(found: Counts) -> list[str]:
    never = ", ".join(found.never_planted)
    return [
        (
            f"{found.problems} problems, {found.cells} cells of problem and platform, "
            f"{found.faults} faults, {found.pairs} pairs, {found.lookalikes} lookalikes, "
            f"{found.deployed} of them again through the deployed app; "
            f"{found.wrong} wrong, {found.missing_when_unknown} missing when unknown"
        ),
        *([f"Not planted: {never}"] if never else []),
    ]


def progress(done: int, of: int, result: Result) -> None:
    """One line on standard error, written over where it is a terminal."""
    state = "ok" if not result.misses else "WRONG"
    text = f"{done}/{of} {state} {result.case.name} ({result.seconds:.1f} s)"
    end = "\n" if result.misses or not sys.stderr.isatty() else "\r"
    sys.stderr.write(f"{text[:100]:100}{end}")
    sys.stderr.flush()
