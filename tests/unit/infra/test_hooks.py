"""What azd runs around a deployment: found, subscribed, taken back; and clear when it cannot."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra import bicep
from infra.hooks import (
    commands,
    graph,
    linking,
    postdeploy,
    postprovision,
    predown,
    preprovision,
)
from infra.hooks.commands import HookError
from tests.unit.infra.conftest import Cli

ROOT = Path(__file__).parents[3]
SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP, OWN = f"{SUBSCRIPTION}/resourceGroups/rg", f"{SUBSCRIPTION}/resourceGroups/own"
TOPICS = "providers/Microsoft.EventGrid/systemTopics"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/contoso"
TOPIC = f"{GROUP}/{TOPICS}/pullwatch-contoso"
IDENTITY = f"{OWN}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/e"
FUNCTION = f"{OWN}/providers/Microsoft.Web/sites/f/functions/registry_event"
LINK = {
    "id": REGISTRY,
    "loginServer": "contoso.azurecr.io",
    "location": "westeurope",
    "abac": False,
    "topicName": "pullwatch-contoso",
    "topicGroup": "rg",
    "createTopic": True,
    "ownTopic": True,
}
ENVIRONMENT = {
    "AZURE_ENV_NAME": "prod",
    "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION.rpartition("/")[2],
    "AZURE_RESOURCE_GROUP": "own",
    "PULLWATCH_EVENT_DELIVERY": "function",
    "PULLWATCH_FUNCTION_ID": FUNCTION,
    "PULLWATCH_EVENTS_IDENTITY": IDENTITY,
    "PULLWATCH_EVENT_SUBSCRIPTION": "pullwatch-abc",
    "PULLWATCH_DEAD_LETTER_STORAGE": "/storage",
    "PULLWATCH_DEAD_LETTER_CONTAINER": "dead",
    "PULLWATCH_PRINCIPAL_ID": "99999999-9999-9999-9999-999999999999",
    "PULLWATCH_REGISTRY_LINKS": json.dumps([LINK]),
    "PULLWATCH_EVENTS_QUEUE": "/queue",
    "PULLWATCH_LOGS": "/logs",
}


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> Cli:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    cli.answers("env set")
    return cli


def registry(**properties: Any) -> dict[str, Any]:
    return {
        "id": REGISTRY,
        "name": "contoso",
        "location": "westeurope",
        "properties": {"loginServer": "contoso.azurecr.io", **properties},
    }


def topics(*found: dict[str, Any]) -> dict[str, Any]:
    return {"value": list(found)}


def topic(name: str = "theirs", group: str = "events", **tags: str) -> dict[str, Any]:
    return {
        "id": f"{SUBSCRIPTION}/resourceGroups/{group}/{TOPICS}/{name}",
        "name": name,
        "properties": {"source": REGISTRY.upper()},
        "tags": tags,
    }


def kept(cli: Cli) -> list[dict[str, Any]]:
    """What went into the azd environment."""
    (call,) = cli.calls("azd env set PULLWATCH_REGISTRY_LINKS")
    found: list[dict[str, Any]] = json.loads(call[-1])
    return found


def find(cli: Cli, monkeypatch: pytest.MonkeyPatch, *found: dict[str, Any], **said: Any) -> Any:
    monkeypatch.setenv("PULLWATCH_REGISTRIES", "contoso")
    monkeypatch.setenv("AZURE_ENV_NAME", "prod")
    cli.answers("acr show", {"id": REGISTRY})
    cli.answers(REGISTRY, registry(**said))
    cli.answers("systemTopics", topics(*found))
    cli.answers("env set")
    preprovision.preprovision()
    (link,) = kept(cli)
    return link


def test_a_registry_is_found_by_its_name(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find(cli, monkeypatch) == LINK


def test_a_registry_in_abac_mode_is_known_as_one(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    link = find(cli, monkeypatch, roleAssignmentMode="AbacRepositoryPermissions")
    assert link["abac"] is True


def test_a_topic_that_is_there_is_used_where_it_is(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = find(cli, monkeypatch, topic())
    assert (link["topicName"], link["topicGroup"]) == ("theirs", "events")
    assert (link["createTopic"], link["ownTopic"]) == (False, False)


@pytest.mark.parametrize(("environment", "own"), [("prod", True), ("dr", False)])
def test_the_topic_of_another_stamp_is_somebody_elses(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, environment: str, own: bool
) -> None:
    made = topic("pullwatch-contoso", "rg", **{"app": "pullwatch", "azd-env-name": environment})
    link = find(cli, monkeypatch, made)
    assert (link["createTopic"], link["ownTopic"]) == (False, own)


def test_a_registry_is_found_by_its_id_on_all_pages_of_topics(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULLWATCH_REGISTRIES", f" {REGISTRY} ,")
    cli.answers("https://arm/next", topics(topic()))
    cli.answers(f"--url {REGISTRY}", registry())
    cli.answers("systemTopics", {"value": [], "nextLink": "https://arm/next"})
    cli.answers("env set")
    preprovision.preprovision()
    assert kept(cli)[0]["topicName"] == "theirs"
    assert cli.calls("acr show") == []


@pytest.mark.parametrize("name", ["../../etc", "a b", "/subscriptions/x", "; rm -rf /", "$(id)"])
def test_what_is_no_registry_is_said_before_anything_runs(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PULLWATCH_REGISTRIES", name)
    with pytest.raises(HookError, match="neither the name nor the resource id"):
        preprovision.preprovision()
    assert cli.calls() == []


@pytest.mark.usefixtures("cli")
def test_no_registry_at_all_says_how_to_name_some() -> None:
    with pytest.raises(HookError, match="azd env set PULLWATCH_REGISTRIES"):
        preprovision.preprovision()


def test_a_registry_that_is_elsewhere_says_where_was_looked(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULLWATCH_REGISTRIES", "fabrikam")
    cli.fails("acr show", "ResourceNotFound: no such registry")
    with pytest.raises(HookError, match="az account set --subscription"):
        preprovision.preprovision()


def ready(cli: Cli) -> None:
    """The function is there, and the topic has the identity."""
    cli.answers(FUNCTION, {"name": "registry_event"})
    cli.answers("systemTopics", {"identity": {"userAssignedIdentities": {IDENTITY.upper(): {}}}})


def test_events_are_subscribed_to_once_the_function_is_there(
    deployed: Cli, pause: Callable[[float], None], pauses: list[float]
) -> None:
    deployed.fails(f"--url {FUNCTION}", "NotFound: not indexed yet", times=2)
    deployed.answers("deployment group create", {})
    ready(deployed)
    postdeploy.postdeploy(pause)
    (call,) = deployed.calls("deployment group create")
    assert pauses == [10, 20]
    said = dict(word.split("=", 1) for word in call if "=" in word)
    assert said["functionId"] == FUNCTION
    assert said["topicName"] == "pullwatch-contoso"
    assert call[call.index("--resource-group") + 1] == "rg"
    assert call[call.index("--subscription") + 1] == SUBSCRIPTION.rpartition("/")[2]
    assert Path(call[call.index("--template-file") + 1]).is_file()


def test_the_deployment_gives_the_template_what_it_declares(
    deployed: Cli, pause: Callable[[float], None]
) -> None:
    deployed.answers("deployment group create", {})
    ready(deployed)
    postdeploy.postdeploy(pause)
    (call,) = deployed.calls("deployment group create")
    fits(call)


def fits(call: list[str]) -> dict[str, str]:
    """Check that a deployment gives its template what that declares. Returns what it gives."""
    declared = bicep.parameters(Path(call[call.index("--template-file") + 1]).read_text())
    given = dict(word.split("=", 1) for word in call if "=" in word)
    assert given.keys() <= {one.name for one in declared}
    assert {one.name for one in declared if not one.default} <= given.keys()
    return given


@pytest.mark.parametrize(("protect", "said"), [("", "false"), ("off", "false"), ("lock", "true")])
def test_a_registry_is_linked_where_it_is(
    deployed: Cli,
    pause: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
    protect: str,
    said: str,
) -> None:
    monkeypatch.setenv("PULLWATCH_PROTECT_MODE", protect)
    deployed.answers("deployment group create", {})
    postprovision.postprovision(pause)
    (call,) = deployed.calls("deployment group create")
    given = fits(call)
    assert given["registryName"] == "contoso"
    assert (given["abac"], given["createTopic"], given["protect"]) == ("false", "true", said)
    assert call[call.index("--resource-group") + 1] == "rg"
    assert call[call.index("--subscription") + 1] == SUBSCRIPTION.rpartition("/")[2]
    assert len(call[call.index("--name") + 1]) <= 64


def test_events_for_a_queue_are_subscribed_to_once_the_role_has_spread(
    deployed: Cli,
    pause: Callable[[float], None],
    pauses: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PULLWATCH_EVENT_DELIVERY", "serviceBus")
    deployed.answers("registry.bicep", {})
    deployed.fails("event-subscription.bicep", "does not have authorization to deliver", times=2)
    deployed.answers("event-subscription.bicep", {})
    ready(deployed)
    postprovision.postprovision(pause)
    given = fits(deployed.calls("event-subscription.bicep")[-1])
    assert (given["delivery"], given["queueId"]) == ("serviceBus", "/queue")
    assert pauses == [10, 20]


def test_a_registry_that_is_no_more_named_is_let_go(
    deployed: Cli, pause: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/former"
    former = LINK | {"id": other, "topicName": "former-topic", "ownTopic": False}
    monkeypatch.setenv("PULLWATCH_LINKED", json.dumps([LINK, former]))
    deployed.answers("deployment group create", {})
    deployed.answers("--method delete")
    deployed.answers(f"list --scope {other}", [assigned(other, "r")])
    postprovision.postprovision(pause)
    gone = [call[call.index("--url") + 1].split("?")[0] for call in deployed.calls("delete")]
    assert gone[0] == f"{GROUP}/{TOPICS}/former-topic/eventSubscriptions/pullwatch-abc"
    assert gone[-1] == f"{other}/roleAssignments/r"
    assert len(gone) == 3, "its topic is somebody else's"
    (call,) = deployed.calls("env set PULLWATCH_LINKED")
    assert json.loads(call[-1]) == [LINK]


def test_workspaces_are_linked_where_they_are(
    deployed: Cli, pause: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    group = f"{SUBSCRIPTION}/resourceGroups/logs"
    workspace = f"{group}/providers/Microsoft.OperationalInsights/workspaces/w"
    monkeypatch.setenv("PULLWATCH_LOG_WORKSPACES", workspace)
    deployed.answers("deployment group create", {})
    postprovision.postprovision(pause)
    (call,) = deployed.calls("workspace.bicep")
    assert fits(call)["workspaceName"] == "w"
    assert call[call.index("--resource-group") + 1] == "logs"


def test_a_workspace_that_is_no_resource_id_is_said(
    deployed: Cli, pause: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULLWATCH_LOG_WORKSPACES", "my-workspace")
    deployed.answers("deployment group create", {})
    with pytest.raises(HookError, match="'my-workspace' is no resource id"):
        postprovision.postprovision(pause)


def test_what_one_hook_keeps_the_next_one_reads(
    deployed: Cli, pause: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`azd up`, and later `azd down`, of a registry without a topic: each hook in its turn."""

    def carry() -> None:
        """Set what was put into the azd environment, as azd does before the next hook."""
        for call in deployed.calls("azd env set"):
            monkeypatch.setenv(call[3], call[4])

    monkeypatch.delenv("PULLWATCH_REGISTRY_LINKS")
    monkeypatch.setenv("PULLWATCH_REGISTRIES", "contoso")
    deployed.answers("acr show", {"id": REGISTRY})
    deployed.answers(f"--url {REGISTRY}?", registry())
    deployed.answers("providers/Microsoft.EventGrid/systemTopics?", topics(), times=1)
    deployed.answers("deployment group create", {})
    deployed.answers("--method delete")
    deployed.answers(f"{TOPIC}/eventSubscriptions", {"value": []})
    ready(deployed)
    deployed.answers("role assignment list", [])
    deployed.answers("roleDefinitions", {"value": []})

    preprovision.preprovision()
    carry()
    postprovision.postprovision(pause)
    carry()
    postdeploy.postdeploy(pause)
    templates = [
        Path(call[call.index("--template-file") + 1]).name
        for call in deployed.calls("deployment group create")
    ]
    assert templates == ["registry.bicep", "event-subscription.bicep"]
    predown.predown()
    assert deployed.calls("delete", f"{TOPIC}?"), "the topic that was made is gone again"


def test_a_handshake_that_fails_is_tried_again(
    deployed: Cli, pause: Callable[[float], None], pauses: list[float]
) -> None:
    deployed.fails("deployment group create", "Webhook validation handshake failed", times=3)
    deployed.answers("deployment group create", {})
    ready(deployed)
    postdeploy.postdeploy(pause)
    assert len(deployed.calls("deployment group create")) == 4
    assert pauses == [10, 20, 40]


def test_a_handshake_that_never_succeeds_ends_with_what_azure_said(
    deployed: Cli, pause: Callable[[float], None], pauses: list[float]
) -> None:
    deployed.fails("deployment group create", "Webhook validation handshake failed for X")
    ready(deployed)
    with pytest.raises(HookError, match="handshake failed for X") as caught:
        postdeploy.postdeploy(pause)
    assert "azd hooks run postdeploy" in str(caught.value)
    assert "contoso.azurecr.io" in str(caught.value)
    assert pauses == list(linking.PAUSES)


def test_a_missing_right_is_not_tried_again(
    deployed: Cli, pause: Callable[[float], None], pauses: list[float]
) -> None:
    deployed.fails("deployment group create", "(AuthorizationFailed) may not do it")
    ready(deployed)
    with pytest.raises(HookError, match="AuthorizationFailed"):
        postdeploy.postdeploy(pause)
    assert pauses == []


def test_a_topic_without_the_identity_names_the_command_that_adds_it(
    deployed: Cli, pause: Callable[[float], None]
) -> None:
    deployed.answers(FUNCTION, {})
    deployed.answers("systemTopics", {"identity": None})
    with pytest.raises(HookError, match="az eventgrid system-topic update") as caught:
        postdeploy.postdeploy(pause)
    assert IDENTITY in str(caught.value)
    assert deployed.calls("deployment group create") == []


@pytest.mark.parametrize(
    ("name", "value"), [("PULLWATCH_EVENT_DELIVERY", "serviceBus"), ("PULLWATCH_STANDBY", "true")]
)
def test_nothing_is_subscribed_where_events_come_another_way(
    deployed: Cli,
    pause: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
) -> None:
    monkeypatch.setenv(name, value)
    postdeploy.postdeploy(pause)
    assert deployed.calls() == []


@pytest.mark.usefixtures("cli")
def test_before_anything_is_provisioned_it_says_so(pause: Callable[[float], None]) -> None:
    with pytest.raises(HookError, match="azd provision"):
        postdeploy.postdeploy(pause)


def assigned(scope: str, name: str) -> dict[str, str]:
    return {"id": f"{scope}/roleAssignments/{name}", "scope": scope}


def test_what_was_left_outside_is_taken_back(deployed: Cli) -> None:
    own = f"{SUBSCRIPTION}/resourceGroups/own/providers/Microsoft.Storage/storageAccounts/s"
    role = {"id": "/roles/locks", "properties": {"type": "CustomRole", "roleName": "Pullwatch x"}}
    other = {"id": "/roles/other", "properties": {"type": "CustomRole", "roleName": "Other"}}
    deployed.answers("--method delete")
    deployed.answers(f"{TOPIC}/eventSubscriptions", {"value": []})
    deployed.answers(f"list --scope {REGISTRY}", [assigned(REGISTRY, "r")])
    deployed.answers("role assignment list", [assigned(SUBSCRIPTION, "a"), assigned(own, "b")])
    deployed.answers("--url-parameters $filter=atScopeAndBelow()", {"value": [role, other]})
    deployed.answers("roleDefinitions", {"value": [other]})  # the role is a resource group's
    deployed.answers("roleAssignments", {"value": []})
    predown.predown()
    gone = [call[call.index("--url") + 1].split("?")[0] for call in deployed.calls("delete")]
    assert gone == [
        f"{TOPIC}/eventSubscriptions/pullwatch-abc",
        f"{TOPIC}/providers/Microsoft.Insights/diagnosticSettings/pullwatch-abc",
        TOPIC,
        f"{REGISTRY}/roleAssignments/r",
        f"{SUBSCRIPTION}/roleAssignments/a",
        "/roles/locks",
    ]


def test_a_topic_of_somebody_else_stays(deployed: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = LINK | {"createTopic": False, "ownTopic": False}
    monkeypatch.setenv("PULLWATCH_REGISTRY_LINKS", json.dumps([theirs]))
    deployed.answers("--method delete")
    deployed.answers("role assignment list", [])
    deployed.answers("roleDefinitions", {"value": []})
    predown.predown()
    assert deployed.calls("delete", f"{TOPIC}?") == []


def test_a_topic_with_other_subscriptions_stays(deployed: Cli) -> None:
    deployed.answers("--method delete")
    deployed.answers(f"{TOPIC}/eventSubscriptions", {"value": [{"name": "theirs"}]})
    deployed.answers("role assignment list", [])
    deployed.answers("roleDefinitions", {"value": []})
    predown.predown()
    assert deployed.calls("delete", f"{TOPIC}?") == []


def test_a_role_that_another_stamp_holds_stays(deployed: Cli) -> None:
    role = {"id": "/roles/locks", "properties": {"type": "CustomRole", "roleName": "Pullwatch x"}}
    deployed.answers("--method delete")
    deployed.answers(f"{TOPIC}/eventSubscriptions", {"value": []})
    deployed.answers("role assignment list", [])
    deployed.answers("roleDefinitions", {"value": [role]})
    held = {"properties": {"roleDefinitionId": "/ROLES/LOCKS"}}
    deployed.answers("roleAssignments", {"value": [held]})
    predown.predown()
    assert deployed.calls("delete", "/roles/locks") == []


def test_what_is_gone_already_is_no_trouble(deployed: Cli) -> None:
    deployed.fails("--method delete", "ResourceNotFound")
    deployed.fails(f"{TOPIC}/eventSubscriptions", "ResourceNotFound")
    deployed.answers("role assignment list", [])
    deployed.answers("roleDefinitions", {"value": []})
    predown.predown()


def test_what_may_not_be_taken_back_is_an_error(deployed: Cli) -> None:
    deployed.fails("--method delete", "(AuthorizationFailed) may not")
    with pytest.raises(HookError, match="AuthorizationFailed"):
        predown.predown()


GRAPH_ROLES = [{"value": name, "id": f"id-of-{name}"} for name in graph.WANTED]


def test_the_directory_is_opened_with_what_is_lacking_only(cli: Cli) -> None:
    cli.answers("--method post", {})
    cli.answers("appRoleAssignments", {"value": [{"appRoleId": f"id-of-{graph.WANTED[0]}"}]})
    cli.answers(graph.GRAPH_APP, {"id": "graph", "appRoles": GRAPH_ROLES})
    graph.grant("principal")
    (call,) = cli.calls("--method post")
    assert json.loads(call[call.index("--body") + 1]) == {
        "principalId": "principal",
        "resourceId": "graph",
        "appRoleId": f"id-of-{graph.WANTED[1]}",
    }


def test_a_program_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HookError, match="az is not installed"):
        commands.az("version")


@pytest.mark.usefixtures("cli")
def test_a_command_that_does_not_end_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "az").write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(commands, "TIMEOUT", 0.2)
    with pytest.raises(HookError, match="did not end within"):
        commands.az("version")


@pytest.mark.usefixtures("cli")
def test_what_is_no_json_is_said(tmp_path: Path) -> None:
    (tmp_path / "az").write_text(f"#!{sys.executable}\nprint('<html>')\n")
    with pytest.raises(HookError, match="answered no JSON"):
        commands.az("version")


@pytest.mark.parametrize(
    "name", ["preprovision", "postprovision", "postdeploy", "predown", "graph"]
)
@pytest.mark.usefixtures("cli")
def test_azd_starts_a_hook_by_its_file_and_gets_its_error(name: str) -> None:
    """From the root of the project, without anything installed."""
    done = subprocess.run(  # noqa: S603 - a file of the project
        [sys.executable, "-S", f"infra/hooks/{name}.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_hooks_need_nothing_but_python() -> None:
    """They run on whatever Python a person has, before anything is installed."""
    for file in (ROOT / "infra" / "hooks").glob("*.py"):
        text = file.read_text()
        assert "from __future__ import annotations" in text or file.name == "__init__.py"
        for line in text.splitlines():
            if line.startswith(("import ", "from ")):
                module = line.split()[1].split(".")[0]
                assert module in {*sys.stdlib_module_names, "infra", "__future__"}, file


def test_the_hooks_of_azure_yaml_are_the_files() -> None:
    text = (ROOT / "azure.yaml").read_text()
    for name in ("preprovision", "postprovision", "postdeploy", "predown"):
        assert f"run: python3 infra/hooks/{name}.py" in text
        assert f"run: python infra/hooks/{name}.py" in text
        assert f"\n  {name}:" in text
    assert text.count("run: python3 infra/hooks/preprovision.py") == 2, "before up, and provision"
