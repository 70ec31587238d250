"""docs/findings.md, rendered from the checks: every problem with its evidence and its fix."""

from collections.abc import Iterator

from shared.checks import CATALOG, EVERY_CHECK
from shared.checks.base import Check
from shared.domain.findings import Problem, is_command

HEAD = """# Findings

Rendered by `python -m shared.checks` from the checks themselves; a test fails when it is stale.

Checks stand in the order in which a pull fails. A check passes when its sentence holds. It is
*unknown* where a fact that it needs could not be observed: that is never a pass, and never a
finding. An *advisory* check warns of what is to come; its not knowing leaves the diagnosis alone.
"""


MADE_UP = {
    "{configure}": "The command that tells the workload its identity, for its compute platform",
    "{grant}": "`az role assignment create` with the pull role that the registry's mode wants",
    "{attach}": "The command that attaches the identity, for the compute platform",
    "{tell}": "How to find out whom the registry refuses, for the kind of credential",
    "{tell_more}": "How to tell the causes apart",
    "{tell_last}": "Where to look when a secret ends, where that is one of the causes",
    "{free}": "Where to see which machine is full",
    "{keep}": "The command that locks the tag, unless the purge has --include-locked",
    "{keep_manifest}": "The command that locks the manifest, unless locks do not help",
    "{halt}": "The command that switches the task or the policy off until that is settled",
    "{change}": "A command for the task that does not take the image",
    "{correct}": "The command that gives the task the corrected purge",
    "{remedy}": "What brings it back: a restore, the tag put back on its manifest, or a new push",
}
"""Steps that a check words for each case."""

ONLY_SOMETIMES = (
    "why",
    "what",
    "afterwards",
    "hint",
    "history",
    "said",
    "untrusted",
    "deleted",
    "forecast",
    "load",
    "trouble",
)
"""Details that add a sentence where there is something to add."""


def render() -> str:
    """The whole page."""
    problems = sum(len(check.finds) for check in CATALOG)
    count = f"\n{len(CATALOG)} checks of live evidence find {problems} problems.\n"
    return "".join([HEAD, count, *_families()])


def _families() -> Iterator[str]:
    family = ""
    for check in EVERY_CHECK:
        if check.id.partition(".")[0] != family:
            family = check.id.partition(".")[0]
            yield f"\n## {family.capitalize()}\n"
        yield from _check(check)


def _check(check: Check[...]) -> Iterator[str]:
    yield f"\n### `{check.id}`\n\n{check.question}"
    if check.advisory:
        yield " *Advisory.*"
    needs = [want.kind.__name__ for want in check.wants if not want.optional]
    helps = [want.kind.__name__ for want in check.wants if want.optional]
    yield f"\n\nEvidence: {_names(needs)}"
    yield f"; where it matters {_names(helps)}.\n" if helps else ".\n"
    if check.id == "reported.error":
        yield "\nFinds the same problems as `reported.state`, with confidence *reported*.\n"
        return
    for problem in check.finds:
        yield from _problem(problem)


def _problem(problem: Problem) -> Iterator[str]:
    yield f"\n**`{problem.code}`** ({problem.outcome.label}): {_plain(problem.title)}\n\n"
    yield f"{_plain(problem.explanation)}\n\n"
    yield "".join(f"- {_step(line)}\n" for line in problem.fix)
    health = f" `az acr check-health`: `{problem.health_code}`." if problem.health_code else ""
    yield f"\n[Official page]({problem.link}).{health}\n"


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _step(line: str) -> str:
    if line in MADE_UP:
        return MADE_UP[line]
    if is_command(line):
        return f"`{_marked(line)}`"
    return _plain(line)


def _marked(template: str) -> str:
    """A template as people read it: ``{registry}`` becomes ``<registry>``."""
    return template.replace("{", "<").replace("}", ">")


def _plain(template: str) -> str:
    """The same in running text, where Markdown would take it for HTML."""
    for detail in ONLY_SOMETIMES:
        template = template.replace(f"{{{detail}}}", "")
    return _marked(template).strip().replace("<", "&lt;").replace(">", "&gt;")
