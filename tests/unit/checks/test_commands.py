"""Commands that are put together: what a shell makes of them, and that they do what they should."""

import shlex

import pytest
from msgspec.structs import replace

from shared.checks.commands import grant_repository, hand_over
from shared.domain.pulls import Compute, Pull, Workload
from shared.domain.rights import Why, may_pull
from tests.unit.checks.facts import NOW, asked, rights, role

REGISTRY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/c"
PROVIDERS = "/subscriptions/s/resourceGroups/shop/providers"
PULL = asked().pull


def option(command: str, name: str) -> str:
    words = shlex.split(command)
    return words[words.index(name) + 1]


def by(compute: Compute, resource: str) -> Pull:
    return replace(PULL, workload=Workload(f"{PROVIDERS}/{resource}", compute, "api"))


@pytest.mark.parametrize("repository", ["team/api", "a", "deep/er/name_1"])
def test_a_role_for_one_repository_permits_that_one_only(repository: str) -> None:
    command = grant_repository("p", REGISTRY, repository)
    assert option(command, "--scope") == REGISTRY
    assert option(command, "--condition-version") == "2.0"
    condition = option(command, "--condition")
    data = ("Microsoft.ContainerRegistry/registries/repositories/content/read",)
    (given,) = rights(role(condition=condition)).assignments
    permission = replace(given.permissions[0], actions=(), data_actions=data)
    held = rights(replace(given, permissions=(permission,)))
    granted = may_pull(held, abac=True, repository=repository, at=NOW)
    refused = may_pull(held, abac=True, repository=f"{repository}-other", at=NOW)
    assert (granted.may, granted.why) == (True, Why.ROLE)
    assert (refused.may, refused.why) == (False, Why.CONDITION)


@pytest.mark.parametrize(
    ("compute", "resource", "secret", "expected"),
    [
        (
            Compute.AKS,
            "Microsoft.ContainerService/managedClusters/c/namespaces/shop/deployment/api",
            "shop/pull",
            (
                "kubectl create secret docker-registry pull --namespace shop "
                "--docker-server contoso.azurecr.io --docker-username ci "
                "--docker-password NEW-PASSWORD --dry-run=client --output yaml "
                "| kubectl apply --filename -"
            ),
        ),
        (
            Compute.APP_SERVICE,
            "Microsoft.Web/sites/portal/slots/staging",
            "",
            (
                "az webapp config appsettings set --resource-group shop --name portal "
                "--slot staging --settings DOCKER_REGISTRY_SERVER_PASSWORD=NEW-PASSWORD"
            ),
        ),
        (
            Compute.CONTAINER_APPS,
            "Microsoft.App/jobs/nightly",
            "",
            (
                "az containerapp job registry set --resource-group shop --name nightly "
                "--server contoso.azurecr.io --username ci --password NEW-PASSWORD"
            ),
        ),
        (Compute.CONTAINER_INSTANCES, "Microsoft.ContainerInstance/containerGroups/b", "", ""),
    ],
)
def test_a_new_password_is_handed_over(
    compute: Compute, resource: str, secret: str, expected: str
) -> None:
    assert hand_over(by(compute, resource), "ci", secret) == expected


def test_names_in_a_command_stay_one_word() -> None:
    pull = by(Compute.AKS, "x/namespaces/a/deployment/b")
    command = hand_over(pull, "$(id)", "a/; rm -rf")
    words = shlex.split(command.partition(" | ")[0])
    assert "$(id)" in words
    assert "; rm -rf" in words
