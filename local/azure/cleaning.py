"""Clean-up that was ordered: `acr purge`, by a task or at once."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from local.azure import operations
from local.azure.actions import remove, untag_as
from local.azure.contents.purging import (
    Purge,
    concerned,
    doomed_manifests,
    doomed_tags,
    parse_purge,
    parse_task,
)
from local.azure.operations import Requester
from local.azure.targets import Target, requester
from local.azure.world import World
from local.estates.registry import Locks

ACR_CLI: Final = "Go/go1.24.3 (amd64-linux) go-autorest/v14.2.1 Azure-SDK-For-Go/0.0.0 acrapi/1.0"
"""As acr-cli names itself (Azure/acr-cli acr/version.go): not by its own name."""


@dataclass(frozen=True)
class Purged:
    """What a purge took, or would take: `repository:tag` and `repository@digest`."""

    tags: list[str] = field(default_factory=list)
    manifests: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """One run of purges on a registry. Old versions of acr-cli do not spare children."""

    world: World
    registry: str
    who: Requester
    spare_children: bool
    purged: Purged = field(default_factory=Purged)

    def purge(self, order: Purge) -> None:
        """Tags first, each an untag without an event; then manifests, if the order says so."""
        contents = self.world.contents[self.registry]
        for name, expression in concerned(order, contents).items():
            at = Target(self.world.registry(self.registry), contents, name, "")
            if not order.untagged_only:
                self.purge_tags(at, order, expression)
            if order.untagged or order.untagged_only:
                self.purge_manifests(at, order)

    def purge_tags(self, at: Target, order: Purge, expression: str) -> None:
        """Untag what an order takes of a repository."""
        repository = at.contents.repositories[at.repository]
        for tag in doomed_tags(order, repository, expression, self.world.now()):
            self.purged.tags.append(f"{at.repository}:{tag.name}")
            if not order.dry_run:
                tag.locks = Locks()
                untag_as(self.world, replace(at, reference=tag.name), self.who)

    def purge_manifests(self, at: Target, order: Purge) -> None:
        """Delete the manifests that an order takes of a repository."""
        repository, now = at.contents.repositories[at.repository], self.world.now()
        for each in doomed_manifests(order, repository, now, spare_children=self.spare_children):
            self.purged.manifests.append(f"{at.repository}@{each.digest}")
            if not order.dry_run:
                each.locks = Locks()
                remove(self.world, replace(at, reference=each.digest), self.who)


def run_task(world: World, registry: str, task: str, *, spare_children: bool = True) -> Purged:
    """Run the purges of a task now. Raises KeyError when there is no such task, or PurgeError."""
    found = {each.name: each for each in world.registry(registry).tasks}[task]
    who = requester(world, f"task/{task}", "DELETE", ACR_CLI)
    run = Run(world, registry, who, spare_children)
    started = world.now()
    for order in parse_task(found.yaml, found.values | found.secret_values):
        run.purge(order)
    note_run(world, registry, task, started)
    return run.purged


def note_run(world: World, registry: str, task: str, started: datetime) -> None:
    """Remember that a task ran, or something quickly."""
    name = f"cd{len(world.runs) + 1}"
    world.runs.append(operations.Run(name, registry, task, started, world.now()))


def purge(
    world: World, registry: str, command: str, *, by: str = "", spare_children: bool = True
) -> Purged:
    """Run one purge command, as `az acr run --cmd` does. Raises PurgeError."""
    run = Run(world, registry, requester(world, by, "DELETE", ACR_CLI), spare_children)
    started = world.now()
    run.purge(parse_purge(command))
    note_run(world, registry, "", started)
    return run.purged
