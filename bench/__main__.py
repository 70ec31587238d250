"""`python -m bench`: every figure beside its bound (docs/performance.md)."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from bench import asking, clean_ups, cold_start, deletion, machine, sweep, watching
from bench.rows import Row, table
from local.arguments import Parser
from local.azurite import InstallError
from local.processes import ProcessError

type Measure = Callable[[], Awaitable[list[Row]]]

PARTS: dict[str, Measure] = {
    "deletion": deletion.measure,
    "sweep": sweep.measure,
    "watch": watching.measure,
    "check": asking.measure,
    "clean-ups": clean_ups.measure,
    "cold": cold_start.measure,
}


def main(words: Sequence[str]) -> int:
    """Measure what is named, or everything; 1 with --check where a bound is broken."""
    parser = Parser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("parts", nargs="*", help=f"any of: {', '.join(PARTS)}; all unless given")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--check", action="store_true", help="exit 1 when a bound is broken")
    asked = parser.parse_args(words)
    if unknown := set(asked.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    try:
        rows = asyncio.run(measured(asked.parts or list(PARTS)))
    except (InstallError, ProcessError) as why:
        print(why, file=sys.stderr)
        return 1
    print(as_json(rows) if asked.json else f"{machine.described()}\n\n{table(rows)}")
    return 1 if asked.check and not all(row.ok for row in rows) else 0


async def measured(parts: Sequence[str]) -> list[Row]:
    """The rows of some parts, one part after the other."""
    rows: list[Row] = []
    for part in parts:
        print(f"measuring: {part} ...", file=sys.stderr, flush=True)
        rows += await PARTS[part]()
    return rows


def as_json(rows: Sequence[Row]) -> str:
    """The machine and the rows, with the verdict of each."""
    told = [{**msgspec.to_builtins(row), "ok": row.ok} for row in rows]
    body = {"machine": machine.described(), "ok": all(row.ok for row in rows), "rows": told}
    return msgspec.json.format(msgspec.json.encode(body)).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
