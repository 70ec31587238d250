"""Evidence: facts by type, gaps with reasons, stored and read back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.facts import beside, pull, registry, workload
from shared.domain.facts.base import (
    CouldNotLookError,
    Evidence,
    Fact,
    MissingEvidenceError,
    NotAskedError,
    Observation,
    Unavailable,
    attempt,
)
from shared.domain.facts.registry import LoginServerAddress, RegistryUsages, Usage

ADDRESS = LoginServerAddress("contoso.azurecr.io", True, ("20.0.0.1",))
USAGES = RegistryUsages((Usage("Size", 1, 2),))


def kinds() -> Iterator[type[Fact]]:
    for module in (beside, pull, registry, workload):
        for found in vars(module).values():
            if isinstance(found, type) and issubclass(found, Fact) and found is not Fact:
                yield found


KINDS = list(kinds())
TIMES = st.datetimes(timezones=st.just(UTC))
SETTINGS = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def test_every_module_of_facts_is_covered() -> None:
    assert len(KINDS) == len(set(KINDS)) >= 24


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_any_fact_survives_storage(kind: type[Fact]) -> None:
    @SETTINGS
    @given(_made(kind))
    def survives(fact: Any) -> None:
        assert Evidence.from_json(Evidence([fact]).to_json())[kind] == fact

    survives()


def test_a_fact_is_found_by_its_type() -> None:
    evidence = Evidence([ADDRESS, USAGES])
    assert evidence[LoginServerAddress] == ADDRESS
    assert evidence.get(RegistryUsages) == USAGES
    assert evidence.gaps == {}


def test_a_gap_has_a_reason() -> None:
    evidence = Evidence([Unavailable.of(LoginServerAddress, "timed out")])
    with pytest.raises(MissingEvidenceError, match="timed out"):
        evidence[LoginServerAddress]
    assert evidence.get(LoginServerAddress) is None
    assert evidence.gaps == {"LoginServerAddress": "timed out"}


def test_what_nobody_asked_for_is_no_gap() -> None:
    with pytest.raises(NotAskedError):
        Evidence([])[LoginServerAddress]
    assert Evidence([]).gaps == {}


@pytest.mark.parametrize("order", [1, -1])
def test_a_fact_beats_a_failure_to_observe_it(order: int) -> None:
    seen: list[Observation] = [ADDRESS, Unavailable.of(LoginServerAddress, "timed out")]
    evidence = Evidence(seen[::order])
    assert evidence[LoginServerAddress] == ADDRESS
    assert evidence.gaps == {}


def test_of_two_facts_the_later_counts() -> None:
    later = LoginServerAddress("contoso.azurecr.io", False)
    assert Evidence([ADDRESS, later])[LoginServerAddress] == later


def test_what_is_demanded_is_never_silently_absent() -> None:
    evidence = Evidence([ADDRESS]).demand([LoginServerAddress, RegistryUsages], "nobody said")
    assert evidence[LoginServerAddress] == ADDRESS
    assert evidence.gaps == {"RegistryUsages": "nobody said"}


def test_gaps_survive_storage() -> None:
    evidence = Evidence([ADDRESS, Unavailable.of(RegistryUsages, "403")])
    again = Evidence.from_json(evidence.to_json())
    assert again.gaps == {"RegistryUsages": "403"}
    assert again[LoginServerAddress] == ADDRESS


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'[{"fact":"Nonsense"}]', b"[{}]"])
def test_what_was_never_evidence_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        Evidence.from_json(data)


async def test_an_observer_that_could_not_look_costs_one_fact() -> None:
    async def refused() -> LoginServerAddress:
        raise CouldNotLookError("403 reading it")

    async def seen() -> LoginServerAddress:
        return ADDRESS

    assert await attempt(LoginServerAddress, seen) == ADDRESS
    gap = await attempt(LoginServerAddress, refused)
    assert gap == Unavailable("LoginServerAddress", "403 reading it")


async def test_an_observer_that_falls_over_costs_one_fact() -> None:
    async def falls() -> LoginServerAddress:
        raise KeyError("properties")

    gap = await attempt(LoginServerAddress, falls)
    assert gap == Unavailable("LoginServerAddress", "the observer failed: KeyError")


def _made(kind: type[Fact]) -> st.SearchStrategy[Any]:
    fields = get_type_hints(kind)
    return st.builds(kind, **{n: st.from_type(fields[n]) for n in kind.__struct_fields__})


def _few(kind: Any) -> Any:
    """A few of anything: what is nested in them grows with each level."""
    match get_args(kind):
        case [each, end] if end is ...:
            return st.lists(st.from_type(each), max_size=3).map(tuple)
    return NotImplemented


st.register_type_strategy(tuple, _few)
st.register_type_strategy(datetime, TIMES)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
