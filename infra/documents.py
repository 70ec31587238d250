"""What follows from one definition each: `python -m infra.documents` writes it anew.

- the settings (shared/settings.py): README's table and local.settings.sample.json;
- the permissions (infra/permissions.yaml) and the parameters (infra/main.bicep): the tables of
  docs/operations.md;
- the queries of infra/workbook.py: the workbook;
- the roles (infra/roles.json): the condition under which a deployer may give them.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from infra import bicep, cost, workbook
from infra.permissions import NAMES, Permission, permissions, role_ids
from shared.settings import Settings, describe, variable

ROOT = Path(__file__).parents[1]
README = Path("README.md")
SAMPLE = Path("local.settings.sample.json")
OPERATIONS = Path("docs/operations.md")
CONDITION = Path("infra/deployer-condition.txt")
WORKBOOK = Path("infra/workbooks/capacity.json")

HOST = {
    "FUNCTIONS_WORKER_RUNTIME": "python",
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
    "AzureWebJobsDisableHomepage": "true",
}
"""Settings of the Functions host, not the app's."""
LOCAL = {
    "SERVICE_BUS": "Endpoint=sb://127.0.0.1:5672;SharedAccessKeyName=RootManageSharedAccessKey;"
    "SharedAccessKey=local;UseDevelopmentEmulator=true;",
    "TABLES": "UseDevelopmentStorage=true",
}
"""Where the local stack is."""
ASKED_FOR = ("TEAMS_WEBHOOK_URL", "MAIL_TO")
"""What whoever starts the app by hand may want to fill in."""

HOOKS = (
    ("`PULLWATCH_REGISTRIES`", "", "", "Registries: names, or resource ids, separated by commas."),
    (
        "`PULLWATCH_LOG_WORKSPACES`",
        "",
        "",
        "Log Analytics workspaces that get the registries' logs: resource ids.",
    ),
)
"""What only hooks read."""

type Row = Sequence[str]


def settings_table() -> str:
    """README's table of settings."""
    rows = [
        (f"`{variable(name)}`", _code(default(name)), describe(name))
        for name in Settings.__struct_fields__
    ]
    return table(("setting", "default", "meaning"), rows)


def default(name: str) -> str:
    """A field's default as one writes it into the environment."""
    value = getattr(Settings(), name)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def sample() -> str:
    """local.settings.sample.json: what bindings name, and where the local stack is."""
    bound = set(re.findall(r"%(\w+)%", (ROOT / "function_app.py").read_text()))
    fields = {variable(name): default(name) for name in Settings.__struct_fields__}
    values = HOST | LOCAL
    values |= {name: value for name, value in fields.items() if name in bound}
    values |= dict.fromkeys(ASKED_FOR, "")
    return json.dumps({"IsEncrypted": False, "Values": values}, indent=2) + "\n"


def permissions_table(wanted: Callable[[Permission], bool] = lambda _: True) -> str:
    """The table of permissions."""
    rows = [
        (
            f"{one.what}: {one.why}",
            "<br>".join(f"`{operation}`" for operation in one.operations),
            role_name(one.role),
            one.scope,
            "" if one.given == "always" else f"`{one.given}`",
        )
        for one in permissions()
        if wanted(one)
    ]
    return table(("what for", "operations", "role", "at", "only with"), rows)


def role_name(role: str) -> str:
    """A role as Azure, or the template, names it."""
    kind, _, name = role.partition(":")
    match kind:
        case "none":
            return "not given"
        case "custom":
            return f"a role of its own ({name})"
        case "graph":
            return f"Microsoft Graph `{name}`"
    return f"*{NAMES[role]}*"


def parameters_table() -> str:
    """What `azd env set` takes, with its default and its meaning."""
    named = bicep.environment(bicep.VALUES.read_text())
    rows = [*HOOKS]
    for one in bicep.parameters(bicep.MAIN.read_text()):
        variables = ", ".join(f"`{name}`" for name in named[one.name])
        choice = " or ".join(f"`{value}`" for value in one.allowed)
        meaning = " ".join(part for part in (one.description, choice and f"{choice}.") if part)
        rows.append((variables, _code(one.default.strip("'")), f"`{one.name}`", meaning))
    return table(("azd environment", "default", "parameter", "meaning"), rows)


def cost_table() -> str:
    """What a month costs, by the number of repositories."""
    return table(("a month, repositories:", "10", "100", "1,000"), cost.rows())


def deployer_condition() -> str:
    """The condition of the deployer's right to give roles: those of roles.json, and no other.

    Its form: learn.microsoft.com/azure/role-based-access-control, "delegate role assignments".
    """
    ids = ", ".join(sorted(role_ids().values()))
    parts = [
        f"((!(ActionMatches{{'Microsoft.Authorization/roleAssignments/{verb}'}})) OR "
        f"(@{source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
        f"ForAnyOfAnyValues:GuidEquals {{{ids}}}))"
        for verb, source in (("write", "Request"), ("delete", "Resource"))
    ]
    return " AND ".join(parts)


def table(head: Row, rows: Iterable[Row]) -> str:
    """A table of Markdown; bars in cells are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    cells = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    made = [f"| {' | '.join(line)} |" for line in cells]
    made[1] = "|---" * len(head) + "|"
    return "\n".join(re.sub(r"\|  \|", "|  |", line) for line in made)


def with_table(text: str, made: str) -> str:
    """A document with the table that has the same head replaced. Raises LookupError."""
    head = made.splitlines()[0]
    found = re.search(rf"^{re.escape(head)}\n(\|.*(?:\n|\Z))+", text, re.MULTILINE)
    if found is None:
        raise LookupError(f"no table {head}")
    return text[: found.start()] + made + "\n" + text[found.end() :]


def documents() -> dict[Path, str]:
    """Every document, as it should be. Raises LookupError where a table has no place."""
    readme = (ROOT / README).read_text()
    operations = (ROOT / OPERATIONS).read_text()
    operations = with_table(operations, permissions_table())
    operations = with_table(operations, cost_table())
    return {
        README: with_table(readme, settings_table()),
        SAMPLE: sample(),
        OPERATIONS: with_table(operations, parameters_table()),
        WORKBOOK: workbook.workbook(),
        CONDITION: deployer_condition() + "\n",
    }


def write() -> list[Path]:
    """Write what is stale. Returns which."""
    stale = [path for path, text in documents().items() if (ROOT / path).read_text() != text]
    for path in stale:
        (ROOT / path).write_text(documents()[path])
    return stale


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


if __name__ == "__main__":
    for path in write():
        print(path)  # noqa: T201 - the outcome of the command
