"""What holds for the catalogue as a whole: ids, codes, texts, and the page that shows them."""

import re
import shlex
from collections import Counter
from pathlib import Path

import pytest

from shared.checks import CATALOG, EVERY_CHECK
from shared.checks.base import Check
from shared.checks.findings_page import render
from shared.domain.findings import Outcome, Problem, is_command
from tests.unit.checks.case import Case
from tests.unit.checks.test_cases import FAILING, name

PROBLEMS = list(dict.fromkeys(p for check in EVERY_CHECK for p in check.finds))
FAMILIES = (
    "reference", "network", "credentials", "auth", "existence", "capacity", "cleanup", "reported",
)  # fmt: skip
PAGE = Path(__file__).parents[3] / "docs" / "findings.md"


def test_ids_of_checks_are_unique() -> None:
    assert [i for i, n in Counter(check.id for check in EVERY_CHECK).items() if n > 1] == []


def test_codes_of_problems_are_unique() -> None:
    assert [c for c, n in Counter(problem.code for problem in PROBLEMS).items() if n > 1] == []


def test_families_stand_in_the_order_in_which_a_pull_fails() -> None:
    families = list(dict.fromkeys(check.id.partition(".")[0] for check in EVERY_CHECK))
    assert tuple(families) == FAMILIES


@pytest.mark.parametrize("check", EVERY_CHECK, ids=lambda check: check.id)
def test_every_check_says_in_a_sentence_what_holds_when_it_passes(check: Check[...]) -> None:
    assert check.question.endswith(".")
    assert check.question != check.id


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.code)
def test_every_problem_is_told_completely(problem: Problem) -> None:
    assert problem.outcome in (Outcome.WARN, Outcome.FAIL)
    assert problem.code == problem.code.upper()
    assert problem.code.partition("_")[0].lower() in FAMILIES
    assert problem.title
    assert problem.explanation
    assert problem.fix
    assert problem.link.startswith("https://")


def test_what_a_problem_explains_exists() -> None:
    for problem in PROBLEMS:
        for prefix in problem.explains:
            assert any(check.id.startswith(prefix) for check in CATALOG), (problem.code, prefix)


@pytest.mark.parametrize("case", FAILING, ids=name)
def test_findings_are_rendered_with_real_names(case: Case) -> None:
    for finding in case.run().findings:
        texts = (finding.title, finding.explanation, finding.subject, *finding.fix)
        assert all(texts), finding
        assert not any(re.search(r"{\w+}", text) for text in texts), finding
        assert not any("  " in text for text in texts), finding


@pytest.mark.parametrize("case", FAILING, ids=name)
def test_commands_are_commands(case: Case) -> None:
    """A shell reads them, and no value is empty."""
    lines = [line for finding in case.run().findings for line in finding.fix]
    for line in (line for line in lines if re.match(r"(az|kubectl) ", line)):
        words = shlex.split(line)
        assert "" not in words, line
        options = [word for word in words if word.startswith("--")]
        assert len(options) == len(set(options)), line


STEPS = sorted({(problem.code, step) for problem in PROBLEMS for step in problem.fix})


@pytest.mark.parametrize(("code", "step"), STEPS)
def test_values_go_into_commands_only_where_they_are_quoted(code: str, step: str) -> None:
    """A sentence quotes nothing, and within quotes of the template a quoted value is not."""
    if not is_command(step):
        assert not re.search(r"\b(az|kubectl|curl|docker|openssl) [^{]*\{", step), code
        return
    quoted = r"\"\$\(.*\)\"|\"[^\"]*\"|'[^']*'"
    assert not any("{" in one for one in re.findall(quoted, step)), code
    assert not re.search(r"[?*;&|<>$]", re.sub(quoted, "", step)), f"{code}: shells read more in it"


def test_hostile_names_stay_arguments() -> None:
    problem = Problem(code="X", outcome=Outcome.WARN, title="{tag}", fix=("az acr show -n {tag}",))
    (line,) = problem.found(subject="s", tag="v1; rm -rf /").fix
    assert shlex.split(line) == ["az", "acr", "show", "-n", "v1; rm -rf /"]


def test_the_page_of_findings_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python -m shared.checks"


def test_the_page_names_every_check_and_every_problem() -> None:
    page = render()
    assert [c.id for c in EVERY_CHECK if f"`{c.id}`" not in page] == []
    assert [p.code for p in PROBLEMS if f"`{p.code}`" not in page] == []
