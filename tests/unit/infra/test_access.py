"""Who may do what: roles by their ids, each used and each needed, and no secret on the way."""

import re
from pathlib import Path

import pytest

from infra import bicep, documents
from infra.permissions import NAMES, Permission, permissions, role_ids
from local.azure.rights import permits
from local.estates.roles import BUILT_IN

ROOT = Path(__file__).parents[3]
PERMISSIONS = permissions()
TEXTS = {path.relative_to(bicep.FOLDER): path.read_text() for path in bicep.templates()}
ALL = "\n".join(TEXTS.values())
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KNOWN = {role.name: role for role in BUILT_IN}

OTHER_IDS = {
    "Azure Service Bus Data Owner": "090c5cfd-751d-490a-894a-3ce6f1109419",
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
}
"""Roles that the local Azure does not know, as of spring 2026
(learn.microsoft.com/azure/role-based-access-control/built-in-roles)."""

SETTABLE = {
    name for names in bicep.environment(bicep.VALUES.read_text()).values() for name in names
}
SETTABLE |= {row[0].strip("`") for row in documents.HOOKS}
"""What a person may set in the azd environment."""

NEVER = {
    "69b07be0-09bf-439a-b9a6-e73de851bd59": "reads admin passwords of registries",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "09976791-48a7-449e-bb21-39d1a415f350": "Communication and Email Service Owner",
    "2a1e307c-b015-4ebd-883e-5b7698a07328": "writes images",
    "2efddaa5-3f1f-4df3-97df-af3f13818f4c": "deletes images",
}


@pytest.mark.parametrize("short", sorted(role_ids()))
def test_a_role_is_the_one_that_its_name_says(short: str) -> None:
    name = NAMES[short]
    expected = KNOWN[name].id if name in KNOWN else OTHER_IDS[name]
    assert role_ids()[short] == expected


def test_every_name_is_of_a_role_that_is_there() -> None:
    assert NAMES.keys() == role_ids().keys()


def test_roles_stand_in_one_file() -> None:
    found = {path: GUID.findall(text) for path, text in TEXTS.items()}
    assert {path: ids for path, ids in found.items() if ids} == {}


def test_no_role_is_given_that_may_more_than_is_needed() -> None:
    assert role_ids().values() & NEVER.keys() == set()


def test_every_role_that_bicep_gives_is_used_by_code_and_the_other_way_round() -> None:
    given = set(re.findall(r"\broles\.(?!json)(\w+)", ALL))
    used = {one.role for one in PERMISSIONS if one.role in NAMES}
    assert given == used == set(role_ids())


@pytest.mark.parametrize("one", PERMISSIONS, ids=lambda one: one.what)
def test_a_permission_names_code_that_exists(one: Permission) -> None:
    assert [path for path in one.code if not (ROOT / path).is_file()] == []
    assert one.given in {"always", *SETTABLE} or (ROOT / one.given).is_file()


BUILT_IN_PERMISSIONS = [one for one in PERMISSIONS if NAMES.get(one.role) in KNOWN]


@pytest.mark.parametrize("one", BUILT_IN_PERMISSIONS, ids=lambda one: one.what)
def test_a_role_allows_what_it_is_given_for(one: Permission) -> None:
    role = KNOWN[NAMES[one.role]]
    refused = [name for name in one.operations if not permits(role, name, data=one.data)]
    assert refused == []


def test_the_test_of_roles_can_fail() -> None:
    reader = KNOWN["Reader"]
    assert not permits(reader, "Microsoft.Web/sites/config/list/action")
    assert not permits(reader, "Microsoft.ContainerRegistry/registries/push/write")


CUSTOM = [one for one in PERMISSIONS if one.role.startswith("custom:")]


def custom_actions() -> dict[str, set[str]]:
    """Role of our own -> the operations in its template."""
    found: dict[str, set[str]] = {}
    for text in TEXTS.values():
        for block in re.findall(r"roleDefinitions@.*?\n}\n", text, re.DOTALL):
            (name,) = re.findall(r"name: guid\(.*'(pullwatch-[\w-]+)'\)", block)
            permitted = block.partition("permissions: [")[2]
            found.setdefault(name, set()).update(re.findall(r"'(Microsoft\.[\w./*]+)'", permitted))
    return found


def test_a_role_of_our_own_allows_what_is_done_and_nothing_else() -> None:
    done: dict[str, set[str]] = {}
    for one in CUSTOM:
        done.setdefault(one.role.removeprefix("custom:"), set()).update(one.operations)
    assert custom_actions() == done


def test_a_role_of_our_own_is_assigned_only_where_somebody_asked_for_it() -> None:
    assert {one.given for one in CUSTOM} == {
        "PULLWATCH_PROTECT_MODE",
        "PULLWATCH_READ_WEB_APP_SETTINGS",
        "PULLWATCH_COMMUNICATION_MAIL",
    }
    for name in {one.role.removeprefix("custom:") for one in CUSTOM}:
        (text,) = [text for text in TEXTS.values() if f"'{name}'" in text]
        assert text.count(f"'{name}'") == 2, "its definition and its assignment"


def test_nothing_is_written_outside_of_what_is_ours_but_locks() -> None:
    writes = re.compile(r"/(write|delete|.*action)$", re.IGNORECASE)
    outside = [
        operation
        for one in PERMISSIONS
        if not one.scope.startswith("own") and one.given != "PULLWATCH_PROTECT_MODE"
        for operation in one.operations
        if writes.search(operation)
    ]
    assert sorted(outside) == [
        "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
        "Microsoft.Web/sites/config/list/action",
        "Microsoft.Web/sites/slots/config/list/action",
    ]


def test_event_grid_has_both_roles() -> None:
    """Without the one nothing is delivered, without the other nothing that was not is kept."""
    storage, messaging = (
        TEXTS[Path("modules/storage.bicep")],
        TEXTS[Path("modules/messaging.bicep")],
    )
    dead_letters = re.search(r"resource deadLetterRole .*?\n}\n", storage, re.DOTALL)
    sends = re.search(r"resource sendEvents .*?\n}\n", messaging, re.DOTALL)
    assert dead_letters is not None
    assert sends is not None
    for block, role, scope in (
        (dead_letters[0], "blobContributor", "deadLetters"),
        (sends[0], "serviceBusSender", "events"),
    ):
        assert f"roles.{role})" in block
        assert f"scope: {scope}\n" in block
        assert "principalId: eventsPrincipalId" in block


def test_every_way_of_delivery_keeps_dead_letters_with_the_identity() -> None:
    text = TEXTS[Path("event-subscription.bicep")]
    subscriptions = re.findall(r"resource \w+ '.*?eventSubscriptions@.*?\n}\n", text, re.DOTALL)
    assert len(subscriptions) == 2
    for block in subscriptions:
        assert "deadLetterWithResourceIdentity" in block
        assert "retryPolicy: retries" in block
    assert "deliveryWithResourceIdentity" in subscriptions[1]


def test_every_assignment_says_whom_it_is_for() -> None:
    """Without the type a new identity may not be found yet, and the deployment fails."""
    for block in re.findall(r"roleAssignments@.*?\n(?:}|\])\n", ALL, re.DOTALL):
        assert "principalType: 'ServicePrincipal'" in block
        assert re.search(r"name: guid\(", block)


SECRET = re.compile(
    r"list(Keys|Secrets|Credentials|AccountSas|ServiceSas)?\(|connectionstring", re.IGNORECASE
)


@pytest.mark.parametrize("path", TEXTS, ids=str)
def test_no_secret_leaves_a_template(path: Path) -> None:
    for name, value in bicep.outputs(TEXTS[path]).items():
        assert not SECRET.search(f"{name} {value}")
    assert not re.search(r"\blist(Keys|Secrets|Credentials|AccountSas)\(", TEXTS[path])


@pytest.mark.parametrize("path", TEXTS, ids=str)
def test_no_secret_goes_into_a_template(path: Path) -> None:
    """Secrets are put into the vault by a person: no parameter holds one, secure or not."""
    for one in bicep.parameters(TEXTS[path]):
        assert not re.search(r"password|secret$|webhook", one.name, re.IGNORECASE)
        assert "@secure" not in one.decorators


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("storage", "allowSharedKeyAccess: false"),
        ("storage", "allowBlobPublicAccess: false"),
        ("storage", "minimumTlsVersion: 'TLS1_2'"),
        ("messaging", "disableLocalAuth: true"),
        ("messaging", "minimumTlsVersion: '1.2'"),
        ("monitoring", "DisableLocalAuth: true"),
        ("app", "httpsOnly: true"),
        ("app", "minTlsVersion: '1.2'"),
        ("app", "ftpsState: 'Disabled'"),
        ("app", "properties: { allow: false }"),
        ("secrets", "enableRbacAuthorization: true"),
        ("secrets", "enablePurgeProtection: true"),
    ],
)
def test_keys_and_old_protocols_are_off(path: str, line: str) -> None:
    assert line in TEXTS[Path(f"modules/{path}.bicep")]


def test_every_parameter_of_the_main_template_can_be_set_from_azd() -> None:
    named = bicep.environment(bicep.VALUES.read_text())
    assert named.keys() == {one.name for one in bicep.parameters(bicep.MAIN.read_text())}
    assert [name for name, variables in named.items() if not variables] == []


def test_azd_values_have_the_defaults_of_the_template() -> None:
    """Two defaults for one thing: they must not differ."""
    values = bicep.VALUES.read_text()
    for one in bicep.parameters(bicep.MAIN.read_text()):
        found = re.search(
            rf"^param {one.name} = (?:\w+\()?readEnvironmentVariable\('\w+', '(.*?)'\)",
            values,
            re.MULTILINE,
        )
        if found and one.default:
            assert found[1] == one.default.strip("'"), one.name


def test_what_the_hooks_read_is_an_output_or_set_by_a_person() -> None:
    outputs = bicep.outputs(bicep.MAIN.read_text()).keys()
    hooks = "\n".join(path.read_text() for path in (bicep.FOLDER / "hooks").glob("*.py"))
    read = set(re.findall(r'(?:needed|names|environ\.get)\(\s*f?"(\w+)"', hooks))
    read |= {f"PULLWATCH_{name}" for name in re.findall(r'Id": "([A-Z_]+)"', hooks)}
    assert {"PULLWATCH_EVENTS_QUEUE", "PULLWATCH_FUNCTION_ID", "PULLWATCH_PROTECT_MODE"} <= read
    assert read - outputs - SETTABLE == set(), "PULLWATCH_LINKED is the hooks' own"


def test_azd_puts_nothing_into_a_resource_group_that_is_not_its_own() -> None:
    """`azd down` deletes every group that its deployment put something into: a registry with it
    (Azure/azure-dev#2916).
    """
    main = bicep.MAIN.read_text()
    scopes = re.findall(r"^ +scope: (.+)$", main, re.MULTILINE)
    assert scopes
    assert set(scopes) == {"group", "subscription(id)"}
    for path in re.findall(r"^module \w+ '(.+)'", main, re.MULTILINE):
        text = (bicep.FOLDER / path).read_text()
        assert "resourceGroup(" not in text.replace("resourceGroup()", ""), path
