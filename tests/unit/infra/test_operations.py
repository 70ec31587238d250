"""What docs/operations.md tells somebody to do can be done: names, commands, files, figures."""

import json
import re
from pathlib import Path

import pytest

from infra import bicep, cost, documents
from infra.permissions import role_ids
from tests.support.commands import Command, commands

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / documents.OPERATIONS).read_text()
README = (ROOT / documents.README).read_text()
ALERTS = (bicep.FOLDER / "modules" / "alerts.bicep").read_text()
WORKFLOWS = {path.name: path.read_text() for path in (ROOT / ".github/workflows").glob("*.yml")}

AZ: dict[str, list[str]] = json.loads((ROOT / "tests/data/az_commands.json").read_text())
"""Commands of the Azure CLI and their options, from the help of azure-cli 2.91."""

AZD = {
    "up": set[str](),
    "down": {"--purge", "--force"},
    "deploy": {"--no-prompt"},
    "provision": {"--preview", "--no-prompt"},
    "auth login": {"--client-id", "--tenant-id", "--federated-credential-provider"},
    "env new": {"--location", "--subscription", "--no-prompt"},
    "env set": set[str](),
    "env select": set[str](),
    "env get-value": set[str](),
    "hooks run": set[str](),
    "pipeline config": set[str](),
}
"""Of learn.microsoft.com/azure/developer/azure-developer-cli/reference, what is used."""

USED = [
    pytest.param(command, id=f"{name}: {command.program} {' '.join(command.words)}")
    for name, text in {"operations.md": TEXT, "README.md": README, **WORKFLOWS}.items()
    for command in commands(text)
    if command.words
]


@pytest.mark.parametrize("command", USED)
def test_a_command_exists_with_its_options(command: Command) -> None:
    known = AZ if command.program == "az" else AZD
    line = " ".join(command.words)
    name = max((one for one in known if f"{line} ".startswith(f"{one} ")), key=len, default="")
    assert name, f"{command.program} {line}"
    assert set(command.options) <= set(known[name])


def test_the_commands_are_found_at_all() -> None:
    assert len(USED) > 40
    made = list(commands('VAULT=$(azd env get-value X)\naz keyvault show --name "$(az login)"\n'))
    assert [(one.program, one.words) for one in made] == [
        ("azd", ("env", "get-value")),
        ("az", ("login",)),
        ("az", ("keyvault", "show")),
    ]


def test_options_of_a_continued_line_count() -> None:
    (made,) = commands("  run: >-\n    az deployment sub what-if\n    --location x\n    --nope\n")
    assert made.options == ("--location", "--nope")


def test_every_name_of_the_azd_environment_exists() -> None:
    values = bicep.environment(bicep.VALUES.read_text()).values()
    known = {name for names in values for name in names}
    known |= bicep.outputs(bicep.MAIN.read_text()).keys()
    known |= {row[0].strip("`") for row in documents.HOOKS}
    for text in (TEXT, README, *WORKFLOWS.values()):
        assert set(re.findall(r"\bPULLWATCH_[A-Z_]+\b", text)) - known == set()


def test_every_secret_has_its_name_in_the_vault() -> None:
    app = (bicep.FOLDER / "modules" / "app.bicep").read_text()
    for name in bicep.keys(app, "secrets"):
        in_vault = name.lower().replace("_", "-")
        assert re.search(rf"`{in_vault}`|--name {in_vault} ", TEXT), in_vault


def test_every_alert_has_its_runbook_and_no_other() -> None:
    alerts = set(re.findall(r"^ {4}name: '([\w-]+)'$", ALERTS, re.MULTILINE))
    alerts |= set(re.findall(r"name: 'pullwatch-([a-z-]+)-\$\{token\}'", ALERTS))
    section = TEXT.partition("## Self-alerts")[2].partition("\n## ")[0]
    assert set(re.findall(r"^### (\S+)$", section, re.MULTILINE)) == alerts


def test_files_and_links_lead_somewhere() -> None:
    for path in re.findall(r"`((?:infra|docs|\.github)/[\w./-]*)`", TEXT):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"\]\((?!https?:|#)([^)#]+)", TEXT):
        assert (ROOT / "docs" / path).exists(), path
    heads = {
        re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-")
        for head in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= heads


def test_the_figures_of_the_cost_are_the_measured_ones() -> None:
    measured = (ROOT / "docs" / "performance.md").read_text()
    for what, figure in {
        "sweep: ARM requests a pull": cost.ARM_REQUESTS,
        "sweep: data-plane requests an image": cost.REGISTRY_REQUESTS,
        "watch of 1,000 repositories: data-plane requests a repository and period": (
            cost.WATCH_REQUESTS
        ),
    }.items():
        found = re.search(rf"^\| {re.escape(what)} +\| ([\d.]+)", measured, re.MULTILINE)
        assert found is not None, what
        assert float(found[1]) == pytest.approx(figure), what


def test_more_repositories_cost_more_and_a_small_estate_little() -> None:
    totals = [cost.month(size).total for size in (10, 100, 1_000)]
    assert totals == sorted(totals)
    assert totals[0] < 25


def test_the_readme_names_the_same_price() -> None:
    (price,) = re.findall(r"about \$(\d+) a month for 100 repositories", README)
    assert int(price) == round(cost.month(100).total)


def test_the_alert_rules_are_those_that_are_paid_for() -> None:
    every = re.findall(r"^ {4}every: '(\w+)'$", ALERTS, re.MULTILINE)
    often = sum(one == "PT5M" for one in every)
    assert pytest.approx(often * 1.5 + (len(every) - often) * 0.5 + 4 * 0.1) == cost.ALERTS


def test_the_condition_of_the_deployer_names_every_role_that_is_given() -> None:
    condition = (ROOT / documents.CONDITION).read_text()
    assert condition == documents.deployer_condition() + "\n"
    for role in role_ids().values():
        assert condition.count(role) == 2, "to give, and to take away"
    assert condition.count("(") == condition.count(")")


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_a_workflow_may_read_and_no_more_but_to_sign_in(name: str) -> None:
    text = WORKFLOWS[name]
    assert "\npermissions:\n  contents: read\n" in text
    assert "secrets." not in text
    granted = set(re.findall(r"^ +([\w-]+): (?:write|read)$", text, re.MULTILINE))
    assert granted <= {"contents", "id-token"}
    assert ("id-token: write" in text) == ("azure/login" in text)
    assert text.count("persist-credentials: false") == text.count("actions/checkout@")
    assert re.findall(r"uses: \S+@(?!v\d+$)\S+$", text, re.MULTILINE) == []
    assert text.count("runs-on:") == text.count("timeout-minutes:")


def test_no_text_of_a_stranger_becomes_a_command() -> None:
    """What a pull request is called must not be run."""
    for text in WORKFLOWS.values():
        for expression in re.findall(r"\$\{\{ *(.+?) *\}\}", text):
            assert re.fullmatch(r"vars\.\w+|github\.ref", expression), expression


def test_the_scanner_is_the_one_that_the_allow_list_was_written_for() -> None:
    config = (bicep.FOLDER / "checkov.yaml").read_text()
    (version,) = re.findall(r"checkov==([\d.]+)", WORKFLOWS["infra.yml"])
    assert version in config.splitlines()[0]
    skipped = re.findall(r"^ {2}- (CKV_\w+)(?: # (.+))?$", config, re.MULTILINE)
    assert skipped
    assert [check for check, why in skipped if len(why) < 10] == []
    assert len({check for check, _ in skipped}) == len(skipped)


DEPLOYED = {"function_app.py", "host.json", "requirements.txt", "shared"}
NOT_STORED = {".git", ".venv", ".local", "node_modules"}


def test_only_the_app_is_deployed() -> None:
    patterns = [
        line
        for line in (ROOT / ".funcignore").read_text().splitlines()
        if line[:1] not in {"", "#"}
    ]
    left = {
        path.name
        for path in ROOT.iterdir()
        if path.name not in NOT_STORED | {"__pycache__"}
        and not any(path.match(pattern.lstrip("/")) for pattern in patterns)
    }
    assert left == DEPLOYED


def test_nothing_of_the_app_is_left_behind() -> None:
    """A pattern without a slash at its start would also match inside shared/."""
    for line in (ROOT / ".funcignore").read_text().splitlines():
        assert line[:1] in {"", "#", "/"} or line in {"__pycache__", "*.pyc"}, line
