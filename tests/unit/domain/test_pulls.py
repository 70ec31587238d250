"""Keys and ids that must not change from one process to the next."""

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.pulls import short_hash
from tests.unit.domain.things import pull


def test_a_pulls_key_is_the_same_in_every_process() -> None:
    assert pull().key == "a3746eeb7bc5d93b093015a8ab74cdc6"


def test_a_pulls_key_is_of_workload_and_image() -> None:
    assert pull("api").key != pull("web").key
    assert pull("api").key != pull("api", "contoso.azurecr.io/team/api:v2").key


@given(st.lists(st.text(alphabet="ab", max_size=3), min_size=1, max_size=4), st.data())
def test_parts_do_not_run_into_each_other(parts: list[str], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.text(alphabet="ab", max_size=3), min_size=1, max_size=4))
    assert (short_hash(*parts) == short_hash(*others)) == (parts == others)


def test_a_hash_is_32_hex_digits() -> None:
    assert set(short_hash("a", "b")) <= set("0123456789abcdef")
    assert len(short_hash("a", "b")) == 32
