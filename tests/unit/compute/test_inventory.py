"""Resource Graph with honest edges."""

from shared.adapters.arm import ForbiddenError
from shared.compute.base import Discovery
from shared.compute.finding import in_each
from shared.compute.inventory import SUBSCRIPTIONS_A_QUERY, Inventory
from shared.compute.sources import Json
from tests.unit.compute.fakes import FakeArm

KIND = "microsoft.web/sites"
ROW = {"id": "/subscriptions/s1/a", "type": "microsoft.web/sites"}


async def test_finds_resources_in_every_readable_subscription_in_a_stable_order() -> None:
    arm = FakeArm({"/subscriptions": [{"subscriptionId": "S1"}, {"subscriptionId": "s2"}]}, ROW)
    found = await Inventory(arm).find((KIND,), ())
    assert found.resources == (ROW,)
    assert found.gaps == ()
    assert found.subscriptions == {"s1", "s2"}
    assert arm.asked[-1].endswith("in s1,s2")
    assert "order by id" in arm.asked[-1]


async def test_a_subscription_that_cannot_be_read_is_a_gap_and_the_others_are_found() -> None:
    arm = FakeArm({}, ROW)
    found = await Inventory(arm).find((KIND,), ("s1", "hidden"))
    assert found.resources == (ROW,)
    (gap,) = found.gaps
    assert gap.what == "/subscriptions/hidden"
    assert found.subscriptions == {"s1"}
    assert arm.asked[-1].endswith("in s1")


async def test_where_was_looked_is_told_beside_what_was_found() -> None:
    found = await Inventory(FakeArm({}, ROW)).find((KIND,), ())

    async def look(_: Json) -> Discovery:
        return Discovery(())

    assert (await in_each(found, look)).subscriptions == {"s1"}


async def test_no_subscription_at_all_is_a_gap_not_an_empty_estate() -> None:
    found = await Inventory(FakeArm({"/subscriptions": []}, ROW)).find((KIND,), ())
    assert found.resources == ()
    assert "no subscription" in found.gaps[0].reason


async def test_a_failed_query_is_a_gap_for_each_of_its_subscriptions() -> None:
    arm = FakeArm({"query": ForbiddenError("403")}, ROW)
    found = await Inventory(arm).find((KIND,), ())
    assert [(gap.what, gap.reason) for gap in found.gaps] == [("/subscriptions/s1", "403")]


async def test_unreadable_subscriptions_list_is_a_gap() -> None:
    arm = FakeArm({"/subscriptions": ForbiddenError("403")}, ROW)
    assert (await Inventory(arm).find((KIND,), ())).gaps[0].reason == "403"


async def test_many_subscriptions_are_asked_for_in_several_queries() -> None:
    many = [{"subscriptionId": f"s{n:04}"} for n in range(SUBSCRIPTIONS_A_QUERY + 1)]
    arm = FakeArm({"/subscriptions": many}, ROW)
    await Inventory(arm).find((KIND,), ())
    assert sum(line.startswith("QUERY") for line in arm.asked) == 2


async def test_what_was_found_is_remembered() -> None:
    arm = FakeArm({}, ROW)
    inventory = Inventory(arm, 60)
    await inventory.find((KIND,), ())
    await inventory.find((KIND,), ())
    assert sum(line.startswith("QUERY") for line in arm.asked) == 1
