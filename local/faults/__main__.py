"""`python -m local.faults [--json] [--only WORD] [--workers N]`: the fault matrix."""

import asyncio
import os
import sys
from collections.abc import Sequence

import msgspec

from local.arguments import USAGE, Parser
from local.faults import table
from local.faults.cases import Case, Result
from local.faults.catalogue import EVERY_CASE
from local.faults.matrix import ProcessError, sample, try_all, try_deployed


def main(words: Sequence[str]) -> int:
    """Try cases; 1 when any of them is diagnosed wrongly, 64 when none fits `--only`."""
    parser = Parser(prog="dev.py faults", description="Plant every fault, and compare.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--only", default="", metavar="WORD", help="cases with this in the name")
    workers = max(2, (os.cpu_count() or 2))
    parser.add_argument("--workers", type=int, default=workers, help="simulators at once")
    parser.add_argument("--no-sample", action="store_true", help="nothing on the whole stack")
    asked = parser.parse_args(words)
    cases = [case for case in EVERY_CASE if asked.only.lower() in case.name.lower()]
    if not cases:
        print(f"No case has {asked.only!r} in its name.", file=sys.stderr)
        return USAGE
    results = run(cases, asked.workers, sampled=not asked.no_sample)
    known = table.problems() if not asked.only else []
    if asked.json:
        print(msgspec.json.format(msgspec.json.encode(table.as_json(results, known))).decode())
    else:
        print("\n".join(table.lines(results, known)))
    return int(any(result.misses for result in results))


def run(cases: Sequence[Case], workers: int, *, sampled: bool = True) -> list[Result]:
    """Try cases, and some again through the deployed app; tell how far it is."""
    done: list[Result] = []
    again = sample(cases) if sampled else []

    def tell(result: Result) -> None:
        done.append(result)
        table.progress(len(done), len(cases) + len(again), result)

    async def both() -> list[Result]:
        direct = try_all(cases, workers, tell)
        if not again:
            return await direct
        found, deployed = await asyncio.gather(direct, try_deployed(again, tell))
        return [*found, *deployed]

    return asyncio.run(both())


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except* ProcessError as failed:
        print(failed.exceptions[0], file=sys.stderr)
        sys.exit(1)
