"""Figures of Azure Monitor, made facts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.adapters.arm import Arm, Json
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.beside import RegistryLoad
from shared.registry.load import read

AT = datetime(2026, 9, 1, 12, 3, tzinfo=UTC)


class FakeArm(Arm):
    def __init__(self, **answers: Json) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def get(self, path: str, api_version: str) -> Json:
        self.asked.append(path)
        return next(answer for name, answer in self.answers.items() if name in path)


def series(kind: str, *values: float | None) -> Json:
    data: list[Any] = [
        {"timeStamp": f"2026-08-{day:02}T00:00:00Z", kind: value}
        for day, value in enumerate(values, start=1)
    ]
    return {"value": [{"timeseries": [{"data": data}]}]}


async def test_the_busiest_minute_and_the_growth_are_read() -> None:
    arm = FakeArm(TotalPullCount=series("total", 3, 40, None), StorageUsed=series("average", 5, 9))
    load = await read(arm, "/subscriptions/s/r", AT)
    assert load == RegistryLoad(busiest_minute=40, storage=(5, 9))
    assert "timespan=2026-09-01T11:00:00Z/2026-09-01T12:00:00Z" in arm.asked[0]


async def test_storage_of_all_regions_counts_together() -> None:
    two = series("average", 5, 9)
    two["value"][0]["timeseries"] *= 2
    arm = FakeArm(TotalPullCount=series("total"), StorageUsed=two)
    assert await read(arm, "/r", AT) == RegistryLoad(busiest_minute=None, storage=(10, 18))


@pytest.mark.parametrize("odd", [{}, {"value": None}, {"value": [{"timeseries": [{"data": [7]}]}]}])
async def test_an_answer_that_is_not_understood_is_no_figure(odd: Json) -> None:
    with pytest.raises(CouldNotLookError):
        await read(FakeArm(TotalPullCount=odd, StorageUsed=odd), "/r", AT)
