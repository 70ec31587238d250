"""What an estate file may say, and what is said of one that is wrong."""

from pathlib import Path

import pytest

from local.estates import EstateError, load, loads
from local.estates.model import Estate

CONTOSO = Path(__file__).parents[3] / "local/estates/contoso.yaml"
KUBLET = """
groups: [{name: kubelet}]
roleAssignments: [{principal: kublet, role: Reader, scope: subscription/production}]
"""
NO_REGISTRY = """
identities: [{name: a}]
roleAssignments: [{principal: a, role: Reader, scope: registry/none}]
"""
MAYBE = """
identities: [{name: a}]
roleAssignments:
  - {principal: a, role: Reader, scope: subscription/production, condition: maybe}
"""
SOFT_AND_CACHED = """
registries:
  - name: a
    policies: {softDelete: {status: Enabled}}
    cacheRules: [{name: hub, source: docker.io/library/*, target: hub/*}]
"""
SOFT_FOR_LONG = "registries: [{name: a, policies: {softDelete: {status: Enabled, days: 91}}}]"
BASE = "subscriptions: [{name: production}]\n"


@pytest.mark.parametrize(
    ("text", "path", "value", "accepted"),
    [
        ("registries: [{name: a, sku: Gold}]", "registries[0].sku", "Gold", "'Premium'"),
        ("registries: [{name: a, firewal: 1}]", "registries[0].firewal", "firewal", "firewall"),
        (
            "registries: [{name: a, sku: Premium, firewall: {allow: [192.0.2.1, office]}}]",
            "registries[0].firewall.allow[1]",
            "office",
            "IPv4",
        ),
        (
            "registries: [{name: a, repositories: [{name: r, images: [{tags: [1.10]}]}]}]",
            "registries[0].repositories[0].images[0].tags[0]",
            1.1,
            "quotes",
        ),
        ("registries: [{name: a, diagnostics: logs}]", "registries[0].diagnostics", "logs", "none"),
        (KUBLET, "roleAssignments[0].principal", "kublet", "kubelet"),
        (NO_REGISTRY, "roleAssignments[0].scope", "registry/none", "subscription/production"),
        (MAYBE, "roleAssignments[0].condition", "maybe", "condition"),
        (
            "clusters: [{name: c, kubeletIdentity: k}]",
            "clusters[0].kubeletIdentity",
            "k",
            "identity",
        ),
        (
            "registries: [{name: a, firewall: {allow: [192.0.2.1]}}]",
            "registries[0].sku",
            "Standard",
            "firewall.allow",
        ),
        (
            "registries: [{name: a, tasks: [{name: t, schedules: [0 0 3 * * *]}]}]",
            "registries[0].tasks[0].schedules",
            "0 0 3 * * *",
            "five fields",
        ),
        (
            "registries: [{name: a, tasks: [{name: t, schedules: [0 25 * * *]}]}]",
            "registries[0].tasks[0].schedules",
            "0 25 * * *",
            "hours",
        ),
        (SOFT_AND_CACHED, "registries[0].policies.softDelete.status", "Enabled", "cacheRules"),
        (SOFT_FOR_LONG, "registries[0].policies.softDelete.days", 91, "1 to 90"),
        (
            "registries: [{name: a, repositories: [{name: r, images: [{age: 40d}]}]}]",
            "registries[0].repositories[0].images[0].age",
            "40d",
            "such as P30D",
        ),
        ("registries: [{sku: Basic}]", "registries[0]", {"sku": "Basic"}, "has 'name'"),
        ("registries: {name: a}", "registries", {"name": "a"}, "a list"),
        (
            "clusters: [{name: c, objects: [{name: web, replicas: -1}]}]",
            "clusters[0].objects[0].replicas",
            -1,
            ">= 0",
        ),
        ("identities: [{name: a}, {name: a}]", "identities and groups", "a", "once"),
        (
            "containerGroups: [{name: g, image: x.azurecr.io/app@digest(v1)}]",
            "containerGroups[0].image",
            "x.azurecr.io/app@digest(v1)",
            "image",
        ),
    ],
)
def test_a_mistake_names_place_value_and_what_is_accepted(
    text: str, path: str, value: object, accepted: str
) -> None:
    with pytest.raises(EstateError) as caught:
        loads(BASE + text, Path("shop.yaml"))
    mistake = caught.value.mistakes[0]
    assert (mistake.path, mistake.value) == (path, value)
    assert accepted in mistake.accepted
    assert "shop.yaml" in str(caught.value)


def test_every_dangling_reference_is_told_at_once() -> None:
    text = "registries: [{name: a, diagnostics: x}]\nplaces: [{name: p, egress: here, identity: y}]"
    with pytest.raises(EstateError) as caught:
        loads(BASE + text)
    assert [each.path for each in caught.value.mistakes] == [
        "places[0].identity",
        "registries[0].diagnostics",
        "places[0].egress",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "subscriptions: []\nsubscriptions: []",
        "registries: []",
        "? [a, b]\n: c",
        "domain: " + "9" * 5000,
        "domain: 2024-13-45",
        "a: " + "[{a: " * 2000,
        "a: &a [*a]",
    ],
)
def test_what_is_no_estate_at_all_is_refused(text: str) -> None:
    with pytest.raises(EstateError):
        loads(text)


def test_ids_are_the_same_every_time() -> None:
    text = BASE + "registries: [{name: a}]\nidentities: [{name: i}]"
    first, second = loads(text), loads(text)
    assert first.registries[0].id == second.registries[0].id
    assert first.registries[0].id.endswith(
        "/resourceGroups/main/providers/Microsoft.ContainerRegistry/registries/a"
    )
    assert first.identities[0].object_id == second.identities[0].object_id


def test_a_resource_with_a_system_identity_brings_a_principal() -> None:
    text = """
webApps: [{name: site, identity: {system: true}, slots: [{name: test, identity: {system: true}}]}]
roleAssignments: [{principal: site/test, role: AcrPull, scope: subscription/production}]
"""
    estate = loads(BASE + text)
    found = {each.name: each.id for each in estate.identities}
    assert found["site/test"] == estate.web_apps[0].slots[0].id
    assert estate.role_assignments[0].scope == f"/subscriptions/{estate.subscriptions[0].id}"


def test_a_pin_becomes_the_digest_of_the_image() -> None:
    text = """
registries: [{name: a, repositories: [{name: app, images: [{tags: [v1, latest]}]}]}]
containerGroups: [{name: g, image: a.azurecr.io/app@digest(v1)}]
"""
    image = loads(BASE + text).container_groups[0].containers[0].image
    assert image.startswith("a.azurecr.io/app@sha256:")
    assert len(image.partition("sha256:")[2]) == 64


def test_a_private_endpoint_takes_addresses_from_its_subnet() -> None:
    text = """
networks: [{name: n, addressSpace: [10.0.0.0/16], subnets: [{name: s, prefix: 10.0.1.0/24}]}]
registries: [{name: a, sku: Premium, replications: [{location: northeurope}]}]
privateEndpoints: [{name: e, registry: a, subnet: n/s}]
"""
    assert loads(BASE + text).private_endpoints[0].addresses == {
        "a.westeurope.data.azurecr.io": "10.0.1.4",
        "a.northeurope.data.azurecr.io": "10.0.1.5",
        "a.azurecr.io": "10.0.1.6",
    }


@pytest.fixture(scope="module")
def contoso() -> Estate:
    return load(CONTOSO)


def test_contoso_shows_three_kinds_of_registry(contoso: Estate) -> None:
    kinds = {each.name: (each.sku, each.role_assignment_mode) for each in contoso.registries}
    assert kinds == {
        "contoso": ("Premium", "LegacyRegistryPermissions"),
        "fabrikam": ("Standard", "LegacyRegistryPermissions"),
        "tailwind": ("Standard", "AbacRepositoryPermissions"),
    }


def test_contoso_runs_one_image_on_every_platform(contoso: Estate) -> None:
    image = "contoso.azurecr.io/shop/api:v412"
    assert [each.name for each in contoso.clusters[0].objects if each.image == image] == ["api"]
    assert [s.name for app in contoso.web_apps for s in app.slots if s.image == image] == [
        "staging"
    ]
    assert [each.name for each in contoso.container_apps if each.image == image] == ["api-canary"]
    assert [each.name for each in contoso.container_groups if each.image == image] == [
        "api-smoke-test"
    ]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "estate.yaml"
    file.write_bytes(b"domain: \xd1")
    with pytest.raises(EstateError, match="UTF-8"):
        load(file)
