"""Retries, breaker and cache, each shown to work."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import pytest
import stamina
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.adapters import resilience
from shared.adapters.resilience import (
    BreakerOpenError,
    Dependency,
    TransientError,
    asked_to_wait,
    cached,
    cached_until_stale,
)
from shared.settings import Settings

SETTINGS = Settings(
    retry_attempts=3, retry_after_cap_seconds=10, breaker_failures=3, breaker_seconds=30
)


class Flaky:
    """Something that fails as often as told and counts."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.asked = 0

    async def __call__(self) -> str:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


class Clock:
    """The breaker's time."""

    def __init__(self) -> None:
        self.now = 1000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("purgatory.domain.model.time", made)
    return made


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Real waiting times, recorded instead of slept."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("stamina._core._smart_sleep", sleep)
    stamina.set_testing(False)
    yield slept
    stamina.set_testing(False)


async def fail(dependency: Dependency, once: Callable[[], Awaitable[Any]]) -> None:
    with pytest.raises(TransientError):
        await dependency.call(once)


async def test_a_failure_that_another_try_mends_is_not_seen() -> None:
    flaky = Flaky(TransientError("busy"), TransientError("busy"))
    assert await Dependency("it", SETTINGS).call(flaky) == "answer"


async def test_tries_are_capped_and_the_last_failure_is_told() -> None:
    flaky = Flaky(*(TransientError(f"failure {n}") for n in range(9)))
    with pytest.raises(TransientError, match="failure 2"):
        await Dependency("it", SETTINGS).call(flaky)
    assert flaky.asked == 3


async def test_waits_grow_with_jitter_and_are_capped(waits: list[float]) -> None:
    settings = replace(SETTINGS, retry_attempts=8, breaker_failures=100)
    await fail(Dependency("it", settings), Flaky(*(TransientError("x") for _ in range(9))))
    base = [resilience.FIRST_WAIT * 2**n for n in range(7)]
    for slept, least in zip(waits, base, strict=True):
        assert min(least, resilience.LONGEST_WAIT) <= slept <= resilience.LONGEST_WAIT
        assert slept <= least + resilience.WAIT_JITTER
    assert any(slept not in base for slept in waits[:4])


async def test_retry_after_is_honoured_up_to_the_cap(waits: list[float]) -> None:
    flaky = Flaky(TransientError("429", retry_after=7))
    await Dependency("it", SETTINGS).call(flaky)
    assert 7 <= waits[0] <= 7 + resilience.WAIT_JITTER


async def test_a_retry_after_above_the_cap_gives_up_at_once(waits: list[float]) -> None:
    flaky = Flaky(TransientError("429", retry_after=11))
    await fail(Dependency("it", SETTINGS), flaky)
    assert flaky.asked == 1
    assert waits == []


async def test_what_another_try_does_not_mend_is_tried_once() -> None:
    flaky = Flaky(TransientError("timed out", again=False))
    await fail(Dependency("it", SETTINGS), flaky)
    assert flaky.asked == 1


async def test_other_errors_are_neither_retried_nor_counted() -> None:
    dependency = Dependency("it", SETTINGS)
    for _ in range(10):
        flaky = Flaky(KeyError("ours"))
        with pytest.raises(KeyError):
            await dependency.call(flaky)
        assert flaky.asked == 1
    assert await dependency.call(Flaky()) == "answer"


async def test_the_breaker_opens_half_opens_and_closes(clock: Clock) -> None:
    dependency = Dependency("contoso.azurecr.io", SETTINGS)
    await fail(dependency, Flaky(*(TransientError("503") for _ in range(3))))

    flaky = Flaky()
    with pytest.raises(BreakerOpenError, match=r"contoso.azurecr.io failed 3 times.*503"):
        await dependency.call(flaky)
    assert flaky.asked == 0

    clock.now += 31
    await fail(dependency, Flaky(TransientError("still 503", again=False)))
    with pytest.raises(BreakerOpenError, match="still 503"):
        await dependency.call(flaky)
    assert flaky.asked == 0

    clock.now += 31
    assert await dependency.call(flaky) == "answer"
    await fail(dependency, Flaky(TransientError("x", again=False)))
    assert await dependency.call(flaky) == "answer"


async def test_a_breaker_that_opens_between_tries_leaves_the_last_failure(clock: Clock) -> None:
    del clock
    dependency = Dependency("it", replace(SETTINGS, breaker_failures=2))
    flaky = Flaky(*(TransientError("429") for _ in range(3)))
    with pytest.raises(TransientError, match="429"):
        await dependency.call(flaky)
    assert flaky.asked == 2


async def test_one_breaker_is_of_one_dependency(clock: Clock) -> None:
    del clock
    await fail(Dependency("one", SETTINGS), Flaky(*(TransientError("x") for _ in range(3))))
    assert await Dependency("other", SETTINGS).call(Flaky()) == "answer"


async def test_a_thousand_callers_share_one_read() -> None:
    asked = 0

    async def read(key: str) -> str:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        return key

    shared = cached(read, seconds=60)
    answers = await asyncio.gather(*(shared("a") for _ in range(1000)))
    assert set(answers) == {"a"}
    assert asked == 1


async def test_a_result_is_kept_for_its_time_and_no_longer() -> None:
    asked = 0

    async def read() -> int:
        nonlocal asked
        asked += 1
        return asked

    shared = cached(read, seconds=0.05)
    assert await shared() == 1
    assert await shared() == 1
    await asyncio.sleep(0.1)
    assert await shared() == 2


async def test_zero_seconds_share_but_do_not_keep() -> None:
    asked = 0

    async def read() -> int:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        return asked

    shared = cached(read, seconds=0)
    assert set(await asyncio.gather(shared(), shared())) == {1}
    await asyncio.sleep(0.001)
    assert await shared() == 2


async def test_failures_are_not_kept() -> None:
    flaky = Flaky(ValueError("first"))
    shared = cached(flaky.__call__, seconds=60)
    with pytest.raises(ValueError, match="first"):
        await shared()
    assert await shared() == "answer"


@dataclass(frozen=True)
class Token:
    number: int
    stale_at: float


async def test_a_token_is_kept_until_it_is_stale_and_renewed_once() -> None:
    asked, now = 0, 0.0

    async def read(_: str) -> Token:
        nonlocal asked
        asked += 1
        number = asked
        await asyncio.sleep(0)
        return Token(number, now + 100)

    tokens = cached_until_stale(read, clock=lambda: now)
    await asyncio.gather(*(tokens("a") for _ in range(50)))
    now = 99.0
    assert (await tokens("a")).number == 1
    now = 100.0
    renewed = await asyncio.gather(*(tokens("a") for _ in range(50)))
    assert {token.number for token in renewed} == {2}
    tokens.forget("a")
    assert (await tokens("a")).number == 3


def test_retry_after_is_seconds_or_a_date() -> None:
    assert asked_to_wait({"Retry-After": "17"}) == 17
    assert asked_to_wait({}) is None
    assert asked_to_wait({"Retry-After": "soon"}) is None
    in_a_minute = asked_to_wait({"Retry-After": formatdate(time.time() + 60, usegmt=True)})
    assert in_a_minute is not None
    assert 55 < in_a_minute < 61
    assert asked_to_wait({"Retry-After": formatdate(0, usegmt=True)}) == 0


@given(st.text() | st.from_regex(r"Mon, 0?1 Jan [0-9]{1,9} 00:00:00 [-+]?[0-9]{0,20}"))
@example("Mon, 01 Jan 2024 00:00:00 +9999999999999999")
@example("9" * 5_000)
def test_retry_after_is_read_whatever_stands_in_it(text: str) -> None:
    wait = asked_to_wait({"Retry-After": text})
    assert wait is None or wait >= 0
