"""Standing problems, status changes and incidents."""

import pytest
from msgspec.structs import replace

from shared.domain.changes import (
    OpenProblem,
    StatusChange,
    incident_id,
    standing_after,
    status_change,
)
from shared.domain.crowds import is_unsure, refill, shed
from shared.domain.diagnosis import conclude
from shared.domain.findings import CheckResult, Outcome
from shared.domain.incidents import (
    Affected,
    Incident,
    Transition,
    keep,
    let_go,
    news,
    promise,
    take_in,
)
from shared.domain.pulls import Cause, CauseKind, Standing
from tests.unit.domain.things import (
    MINUTE,
    NOW,
    change,
    diagnosis,
    finding,
    pull,
    result,
    unknown,
)

BAD = finding("BAD")
PROBLEM = OpenProblem("a", BAD, NOW - 10 * MINUTE)
WARNING = OpenProblem("a", finding("MILD", outcome=Outcome.WARN), NOW)
API, WEB = pull("api"), pull("web")
BEFORE = diagnosis(result("a", BAD))
WARNED = diagnosis(result("a", WARNING.finding))


def opened(*pulls: str) -> Incident:
    found: Incident | None = None
    for number, name in enumerate(pulls or ("api",)):
        found = take_in(found, change(pull(name), (PROBLEM,), at=NOW + number * MINUTE), PROBLEM)
    assert found
    return found


def test_one_problem_on_one_subject_is_one_incident() -> None:
    assert incident_id(BAD) == incident_id(finding("BAD", "CONTOSO.azurecr.io"))
    assert incident_id(BAD) == incident_id(replace(BAD, title="other words"))
    assert incident_id(BAD) != incident_id(finding("WORSE"))
    assert incident_id(BAD) != incident_id(finding("BAD", "fabrikam.azurecr.io"))


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (result("a"), []),
        (result("a", outcome=Outcome.SKIPPED), []),
        (result("a", outcome=Outcome.SKIPPED, overshadowed=True), ["BAD"]),
        (unknown("a"), ["BAD"]),
        (result("a", BAD), ["BAD"]),
        (result("a", finding("WORSE")), ["WORSE"]),
        (result("b"), []),
    ],
)
def test_a_problem_stays_while_its_check_could_not_look(now: CheckResult, left: list[str]) -> None:
    codes = [p.finding.code for p in standing_after([PROBLEM], diagnosis(now))]
    assert codes == left


def test_a_problem_that_stays_keeps_its_date_and_takes_the_new_words() -> None:
    newer = replace(BAD, title="said better")
    (kept,) = standing_after([PROBLEM], diagnosis(result("a", newer)))
    assert (kept.since, kept.finding.title) == (PROBLEM.since, "said better")


def test_nothing_new_is_no_change() -> None:
    assert status_change([PROBLEM], BEFORE, diagnosis(result("a", BAD))) is None
    assert status_change([], None, diagnosis(result("a"))) is None


def test_a_change_says_what_opened_and_what_closed() -> None:
    found = status_change([PROBLEM], BEFORE, diagnosis(result("a", finding("WORSE"))))
    assert found is not None
    assert [p.finding.code for p in found.opened] == ["WORSE"]
    assert [p.finding.code for p in found.closed] == ["BAD"]
    assert (found.before, found.after) == (Outcome.FAIL, Outcome.FAIL)


def test_the_same_diagnosis_makes_the_same_change() -> None:
    first = status_change([], None, diagnosis(result("a", BAD)))
    again = status_change([], None, diagnosis(result("a", BAD)))
    later = status_change([], None, diagnosis(result("a", BAD), at=NOW + MINUTE))
    assert first is not None
    assert first == again
    assert later is not None
    assert later.id != first.id


def test_an_incident_gathers_the_pulls_that_it_hits() -> None:
    found = opened("api", "web")
    assert [hit.pull.workload.name for hit in found.affected] == ["api", "web"]
    assert (found.opened, found.updated, found.episode) == (NOW, NOW + MINUTE, 1)
    assert found.open


def test_a_pull_counts_once() -> None:
    assert len(opened("api", "api").affected) == 1


def test_the_last_pull_resolves_it() -> None:
    found = let_go(opened("api", "web"), change(API, closed=(PROBLEM,), at=NOW + 2 * MINUTE))
    assert found.open
    assert [hit.pull.workload.name for hit in found.affected] == ["web"]
    found = let_go(found, change(WEB, closed=(PROBLEM,), at=NOW + 3 * MINUTE))
    assert found.resolved == NOW + 3 * MINUTE
    assert [hit.pull.workload.name for hit in found.hit] == ["api", "web"]


def test_it_can_come_back() -> None:
    gone = let_go(opened(), change(API, closed=(PROBLEM,), at=NOW + MINUTE))
    back = take_in(gone, change(WEB, (PROBLEM,), at=NOW + 2 * MINUTE), PROBLEM)
    assert (back.episode, back.open, back.opened) == (2, True, NOW + 2 * MINUTE)
    assert [hit.pull.workload.name for hit in back.affected] == ["web"]


def test_a_change_that_comes_late_or_twice_changes_nothing() -> None:
    found = opened()
    gone = let_go(found, change(API, closed=(PROBLEM,), at=NOW + MINUTE))
    assert take_in(gone, change(API, (PROBLEM,), at=NOW), PROBLEM) == gone
    assert let_go(gone, change(API, closed=(PROBLEM,), at=NOW + MINUTE)) == gone


def test_a_failure_is_told_once() -> None:
    found = opened()
    assert news(found) is Transition.OPENED
    assert news(promise(found)) is None


def test_more_victims_are_told() -> None:
    told = promise(opened())
    more = take_in(told, change(WEB, (PROBLEM,), at=NOW + MINUTE), PROBLEM)
    assert news(more) is Transition.UPDATED
    assert news(promise(more)) is None


def test_a_victim_in_place_of_another_is_told() -> None:
    told = promise(opened("api", "web"))
    less = let_go(told, change(WEB, closed=(PROBLEM,), at=NOW + 2 * MINUTE))
    assert news(less) is None
    other = take_in(less, change(pull("job"), (PROBLEM,), at=NOW + 3 * MINUTE), PROBLEM)
    assert news(other) is Transition.UPDATED


def test_every_update_is_an_announcement_of_its_own() -> None:
    found = promise(opened())
    for number, name in enumerate(("web", "job", "cron"), 1):
        hit = change(pull(name), (PROBLEM,), at=NOW + number * MINUTE)
        found = promise(take_in(found, hit, PROBLEM))
    assert [p.update for p in found.promised] == [0, 1, 2, 3]
    assert len(set(found.promised)) == 4


def test_the_end_is_told_to_whom_the_beginning_was_told() -> None:
    gone = let_go(promise(opened()), change(API, closed=(PROBLEM,), at=NOW + MINUTE))
    assert news(gone) is Transition.RESOLVED
    assert news(promise(gone)) is None
    untold = let_go(opened(), change(API, closed=(PROBLEM,), at=NOW + MINUTE))
    assert news(untold) is None


def test_warnings_and_what_a_sweep_found_wait_for_the_report() -> None:
    by_sweep = replace(change(API, (PROBLEM,)), cause=Cause(kind=CauseKind.SWEEP, at=NOW))
    found = take_in(None, by_sweep, PROBLEM)
    assert news(found) is None
    mild = take_in(None, change(API, (WARNING,)), WARNING)
    assert news(mild) is None
    more = take_in(found, change(WEB, (PROBLEM,), at=NOW + MINUTE), PROBLEM)
    assert news(more) is Transition.OPENED


def pressing(stage: int) -> OpenProblem:
    return OpenProblem("a", finding("MILD", outcome=Outcome.WARN, stage=stage), NOW)


def pressed(incident: Incident | None, stage: int, minutes: int, whose: str = "api") -> Incident:
    at = NOW + minutes * MINUTE
    return take_in(incident, change(pull(whose), (pressing(stage),), at=at), pressing(stage))


def test_a_warning_that_grows_more_pressing_is_a_change_that_keeps_its_date() -> None:
    old = replace(pressing(0), since=NOW - 10 * MINUTE)
    found = status_change([old], WARNED, diagnosis(result("a", pressing(1).finding)))
    assert found is not None
    assert [(p.finding.stage, p.since) for p in found.opened] == [(1, old.since)]
    assert found.closed == ()
    same = diagnosis(result("a", pressing(0).finding))
    assert status_change([old], WARNED, same) is None


def test_each_stage_of_a_warning_is_told_once() -> None:
    found = pressed(None, 0, 0)
    assert news(found) is None
    found = pressed(found, 1, 1)
    assert news(found) is Transition.OPENED
    found = pressed(promise(found), 1, 2)
    assert news(found) is None
    found = pressed(found, 2, 3)
    assert news(found) is Transition.UPDATED
    assert [p.transition for p in promise(found).promised] == [
        Transition.OPENED,
        Transition.UPDATED,
    ]


def test_a_pressing_warning_that_a_sweep_found_is_told_all_the_same() -> None:
    item = pressing(1)
    by_sweep = replace(change(API, (item,)), cause=Cause(kind=CauseKind.SWEEP, at=NOW))
    assert news(take_in(None, by_sweep, item)) is Transition.OPENED


def test_more_victims_of_a_pressing_warning_are_told() -> None:
    found = pressed(promise(pressed(None, 1, 0)), 1, 1, "web")
    assert news(found) is Transition.UPDATED


def test_what_presses_less_is_not_told_and_may_press_again() -> None:
    found = promise(pressed(None, 2, 0))
    found = pressed(found, 1, 1)
    assert (news(found), found.finding.stage) == (None, 1)
    assert news(pressed(found, 2, 2)) is Transition.UPDATED


def test_a_stage_that_comes_late_takes_nothing_back() -> None:
    found = promise(pressed(pressed(None, 1, 0, "web"), 2, 5))
    late = pressed(found, 1, 2, "job")
    assert late.finding.stage == 2
    assert late.told.stage == 2


def test_that_a_warning_came_true_is_no_good_news() -> None:
    worse = finding("WORSE_THAN_THAT")
    warned = OpenProblem("a", replace(pressing(1).finding, becomes=("WORSE_",)), NOW)
    found = promise(take_in(None, change(API, (warned,)), warned))
    ended = status_change(
        [warned], WARNED, diagnosis(result("a", worse), at=NOW + MINUTE, whose=API)
    )
    assert ended is not None
    assert ended.failing == ("WORSE_THAN_THAT",)
    over = let_go(found, ended)
    assert (over.open, news(over)) == (False, None)
    other = status_change([warned], WARNED, diagnosis(result("a", BAD), at=NOW + MINUTE, whose=API))
    assert other is not None
    assert news(let_go(found, other)) is Transition.RESOLVED


def test_a_warning_that_comes_back_is_told_again() -> None:
    found = promise(pressed(None, 1, 0))
    gone = promise(let_go(found, change(API, closed=(pressing(1),), at=NOW + MINUTE)))
    assert news(pressed(gone, 1, 2)) is Transition.OPENED


def test_a_promise_is_kept_once_its_announcement_is_on_its_way() -> None:
    found = promise(opened())
    later = promise(let_go(found, change(API, closed=(PROBLEM,), at=NOW + MINUTE)))
    left = keep(later, found.promised)
    assert [p.transition for p in left.promised] == [Transition.RESOLVED]


WHO = replace(BAD, details={"who": "by skipper"})


def test_who_it_was_is_a_change_when_it_becomes_known_and_when_more_is() -> None:
    more = replace(BAD, details={"who": "by skipper from 203.0.113.10"})
    known = OpenProblem("a", WHO, NOW)
    assert status_change([PROBLEM], BEFORE, diagnosis(result("a", WHO))) is not None
    assert status_change([known], BEFORE, diagnosis(result("a", more))) is not None
    assert status_change([known], BEFORE, diagnosis(result("a", WHO))) is None
    assert status_change([known], BEFORE, diagnosis(result("a", BAD))) is None


def test_who_it_was_is_told_once_however_many_pulls_learn_it() -> None:
    told = promise(opened("api", "web"))
    known = OpenProblem("a", WHO, NOW)
    first = take_in(told, change(API, (known,), at=NOW + 5 * MINUTE), known)
    assert news(first) is Transition.UPDATED
    first = promise(first)
    second = take_in(first, change(WEB, (known,), at=NOW + 6 * MINUTE), known)
    assert news(second) is None
    unknown = take_in(second, change(API, (PROBLEM,), at=NOW + 7 * MINUTE), PROBLEM)
    assert unknown.finding.details["who"] == "by skipper", "what is known is not forgotten"
    assert news(unknown) is None


def test_what_was_told_with_who_it_was_is_not_told_again() -> None:
    known = OpenProblem("a", WHO, NOW)
    found = take_in(None, change(API, (known,)), known)
    assert news(found) is Transition.OPENED
    assert news(promise(found)) is None


def test_what_only_rollbacks_need_is_a_warning_until_something_in_use_needs_it() -> None:
    old, new = replace(API, standing=Standing.ROLLBACK), WEB
    found = take_in(None, change(old, (PROBLEM,)), PROBLEM)
    assert (found.outcome, news(found)) == (Outcome.WARN, None)
    both = take_in(found, change(new, (PROBLEM,), at=NOW + MINUTE), PROBLEM)
    assert (both.outcome, news(both)) == (Outcome.FAIL, Transition.OPENED)
    assert both.id == found.id


@pytest.mark.parametrize("standing", [Standing.SLOT, Standing.IDLE])
def test_what_starts_later_is_a_warning_that_is_told_at_once(standing: Standing) -> None:
    found = take_in(None, change(replace(API, standing=standing), (PROBLEM,)), PROBLEM)
    assert (found.outcome, news(found)) == (Outcome.WARN, Transition.OPENED)
    both = take_in(promise(found), change(WEB, (PROBLEM,), at=NOW + MINUTE), PROBLEM)
    assert (both.outcome, news(both)) == (Outcome.FAIL, Transition.UPDATED)


def test_what_a_clean_up_takes_of_rollbacks_alone_waits_for_the_report() -> None:
    soon = pressing(2)
    old = take_in(None, change(replace(API, standing=Standing.ROLLBACK), (soon,)), soon)
    assert news(old) is None
    idle = take_in(None, change(replace(API, standing=Standing.IDLE), (soon,)), soon)
    assert news(idle) is Transition.OPENED


def stood(earlier: Standing, now: Standing) -> StatusChange | None:
    before, after = (replace(API, standing=standing) for standing in (earlier, now))
    cause = Cause(CauseKind.ASKED, NOW)
    previous = conclude(before, NOW, cause, [result("a", BAD)], {})
    later = conclude(after, NOW + MINUTE, cause, [result("a", BAD)], {})
    return status_change(standing_after([], previous), previous, later)


def test_that_a_workload_stands_otherwise_is_a_change_that_keeps_its_date() -> None:
    assert stood(Standing.ACTIVE, Standing.ACTIVE) is None
    found = stood(Standing.ROLLBACK, Standing.ACTIVE)
    assert found is not None
    assert [(p.finding.code, p.since) for p in found.opened] == [("BAD", NOW)]
    assert found.closed == ()


def test_a_rollback_to_what_is_missing_is_told_as_a_failure() -> None:
    old = replace(API, standing=Standing.ROLLBACK)
    back = stood(Standing.ROLLBACK, Standing.ACTIVE)
    assert back is not None
    for found_by in (CauseKind.SWEEP, CauseKind.RECHECK):
        first = replace(change(old, (PROBLEM,)), cause=Cause(found_by, NOW))
        found = promise(take_in(None, first, PROBLEM))
        assert found.promised == ()
        used = take_in(found, back, PROBLEM)
        assert (used.outcome, news(used)) == (Outcome.FAIL, Transition.OPENED)


def test_that_nothing_in_use_is_hit_any_more_is_told_once() -> None:
    found = promise(opened("api", "web"))
    for name, minute in (("api", 2), ("web", 3)):
        old = change(
            replace(pull(name), standing=Standing.ROLLBACK), (PROBLEM,), at=NOW + minute * MINUTE
        )
        before, found = found, promise(take_in(found, old, PROBLEM))
    assert [one.transition for one in before.promised] == [Transition.OPENED]
    assert (found.outcome, found.open) == (Outcome.WARN, True)
    assert [one.transition for one in found.promised] == [Transition.OPENED, Transition.UPDATED]
    assert news(found) is None


@pytest.mark.parametrize(
    ("standing", "outcome"),
    [
        (Standing.ACTIVE, Outcome.FAIL),
        (Standing.SLOT, Outcome.WARN),
        (Standing.IDLE, Outcome.WARN),
        (Standing.ROLLBACK, Outcome.WARN),
    ],
)
def test_a_diagnosis_is_weighed_by_how_the_workload_stands(
    standing: Standing, outcome: Outcome
) -> None:
    cause = Cause(CauseKind.SWEEP, NOW)
    found = conclude(replace(API, standing=standing), NOW, cause, [result("a", BAD)], {})
    assert found.outcome is outcome
    assert found.root == BAD, "what is wrong is the same"
    fine = conclude(replace(API, standing=standing), NOW, cause, [result("a")], {})
    assert fine.outcome is Outcome.PASS


def crowded(*pulls: str) -> Incident:
    """An incident without room for others, whose named pulls recovered a minute after the last."""
    incident = replace(opened(*pulls), crowded=True)
    for name in pulls:
        incident = let_go(incident, change(pull(name), (), (PROBLEM,), at=NOW + 60 * MINUTE))
    return incident


def test_an_incident_without_room_for_all_is_not_over_with_those_it_names() -> None:
    incident = crowded("api", "web")
    assert incident.open
    assert is_unsure(incident)
    assert news(promise(incident)) is not Transition.RESOLVED


def test_it_goes_on_with_those_who_have_the_problem_still() -> None:
    hit = Affected(pull("other"), NOW)
    later = refill(crowded("api"), [(hit, NOW)], NOW + 61 * MINUTE)
    assert [one.pull for one in later.affected] == [hit.pull]
    assert later.open
    assert refill(later, [], NOW) == later, "it is sure now"


def test_it_is_over_where_nobody_has_the_problem_any_more() -> None:
    assert refill(crowded("api"), [], NOW + 61 * MINUTE).resolved == NOW + 61 * MINUTE


def test_who_recovered_since_they_were_looked_up_is_not_named_again() -> None:
    incident, other = crowded("api"), pull("other")
    incident = let_go(incident, change(other, (), (PROBLEM,), at=NOW + 61 * MINUTE))
    later = refill(incident, [(Affected(other, NOW), NOW + 60 * MINUTE)], NOW + 62 * MINUTE)
    assert later.resolved == NOW + 62 * MINUTE


def test_what_came_lately_is_not_forgotten_with_the_names() -> None:
    incident = shed(opened("a", "b", "c", "d"))
    assert [one.pull.workload.name for one in incident.affected] == ["a", "b"]
    assert len(incident.applied) == 4
    old = shed(replace(opened("a", "b", "c", "d"), updated=NOW + 60 * MINUTE))
    assert len(old.applied) == 2
