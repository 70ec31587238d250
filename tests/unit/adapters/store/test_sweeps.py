"""Reports, however long they are."""

from datetime import timedelta
from hashlib import sha256

from shared.adapters.store.sweeps import Sweeps
from shared.domain.findings import Outcome
from shared.domain.reports import Report, ReportLine
from tests.support.fakes import START
from tests.support.memory_tables import MemoryTables


def line(number: int) -> ReportLine:
    """One that compresses badly, as digests do."""
    name = sha256(str(number).encode()).hexdigest()
    return ReportLine(
        incident=name[:32],
        outcome=Outcome.FAIL,
        title=f"There is no tag v{number}",
        subject=f"contoso.azurecr.io/team/{name[:20]}:v{number}",
        pulls=1,
        since=START + timedelta(milliseconds=number),
        fix=f"az acr manifest restore --digest sha256:{name}",
    )


def report(number: int, lines: int) -> Report:
    started = START + timedelta(days=number)
    return Report(
        sweep=f"s{number}",
        started=started,
        finished=started,
        tallies=(),
        lines=tuple(map(line, range(lines))),
    )


async def test_a_report_of_a_disaster_is_stored_and_found_among_others() -> None:
    sweeps = Sweeps(MemoryTables())
    reports = [report(0, 1), report(1, 15_000), report(2, 2)]
    for one in (*reports, reports[1]):
        await sweeps.report(one)

    assert await sweeps.latest_report() == reports[2]
    for one in reports:
        assert await sweeps.find_report(one.sweep) == one
    assert await sweeps.find_report("another") is None
