"""Verbs on images: push, delete, untag, purge and the like."""

from local.azure import actions, cleaning
from local.azure.control.verbs import (
    Arguments,
    Desk,
    IdentityName,
    ImageName,
    Json,
    RegistryName,
    verb,
)
from local.estates.registry import Image


class Reference(Arguments, frozen=True):
    """An image, and perhaps who does it."""

    image: ImageName
    by: IdentityName = ""


class PushArguments(Arguments, frozen=True):
    """An image to push; for several platforms an index."""

    image: ImageName
    by: IdentityName = ""
    platforms: tuple[str, ...] = ("linux/amd64",)


class TaskArguments(Arguments, frozen=True):
    """A task of a registry; old acr-cli versions do not spare children of indexes."""

    registry: RegistryName
    task: str
    spare_children: bool = True


class PurgeArguments(Arguments, frozen=True):
    """A purge command, as `az acr run --cmd` takes it."""

    registry: RegistryName
    command: str
    by: IdentityName = ""


class RestoreArguments(Arguments, frozen=True):
    """A soft-deleted digest, and the tag it gets."""

    image: ImageName
    digest: str
    by: IdentityName = ""


class ImportArguments(Arguments, frozen=True):
    """An image to make, and the one it is copied from."""

    image: ImageName
    source: ImageName
    by: IdentityName = ""


class LockArguments(Arguments, frozen=True):
    """A repository, tag or digest, and the locks to set."""

    image: ImageName
    delete_enabled: bool = True
    write_enabled: bool = True
    list_enabled: bool = True
    read_enabled: bool = True


class QuarantineArguments(Arguments, frozen=True):
    """An image to quarantine, or to release."""

    image: ImageName
    on: bool = True
    by: IdentityName = ""


class CorruptArguments(Arguments, frozen=True):
    """A digest that a manifest needs; its first part unless given."""

    image: ImageName
    digest: str = ""


@verb("push", PushArguments)
def push(desk: Desk, asked: PushArguments) -> Json:
    """Push a new image under a tag."""
    world = desk.cloud.world
    described = None
    if asked.platforms != ("linux/amd64",):
        name = f"{asked.image}-{world.now().isoformat()}"
        described = Image(name=name, platforms=list(asked.platforms))
    return {"digest": actions.push(world, asked.image, described, by=asked.by).digest}


@verb("delete", Reference)
def delete(desk: Desk, asked: Reference) -> Json:
    """Delete a manifest with every tag on it; an event tells of it."""
    return {"digest": actions.delete_manifest(desk.cloud.world, asked.image, by=asked.by).digest}


@verb("delete-repository", Reference)
def delete_repository(desk: Desk, asked: Reference) -> Json:
    """Delete a repository with everything in it."""
    gone = actions.delete_repository(desk.cloud.world, asked.image, by=asked.by)
    return {"digests": [one.digest for one in gone]}


@verb("untag", Reference)
def untag(desk: Desk, asked: Reference) -> None:
    """Remove a tag; the manifest stays and no event tells of it."""
    actions.untag(desk.cloud.world, asked.image, by=asked.by)


@verb("run-task", TaskArguments)
def run_task(desk: Desk, asked: TaskArguments) -> Json:
    """Run the purges of a task now."""
    world = desk.cloud.world
    done = cleaning.run_task(world, asked.registry, asked.task, spare_children=asked.spare_children)
    return {"tags": done.tags, "manifests": done.manifests}


@verb("purge", PurgeArguments)
def purge(desk: Desk, asked: PurgeArguments) -> Json:
    """Run one `acr purge` command."""
    done = cleaning.purge(desk.cloud.world, asked.registry, asked.command, by=asked.by)
    return {"tags": done.tags, "manifests": done.manifests}


@verb("retention", Arguments)
def retention(desk: Desk, _: Arguments) -> Json:
    """Let the retention and soft-delete policies do their daily work now."""
    done = desk.cloud.world.run_retention()
    return {"deleted": [f"{one.registry}/{one.repository}@{one.digest}" for one in done]}


@verb("restore", RestoreArguments)
def restore(desk: Desk, asked: RestoreArguments) -> None:
    """Bring a soft-deleted manifest back."""
    actions.restore(desk.cloud.world, asked.image, asked.digest, by=asked.by)


@verb("import", ImportArguments)
def import_image(desk: Desk, asked: ImportArguments) -> Json:
    """Copy an image from a registry into a repository, as `az acr import` does."""
    made = actions.import_image(desk.cloud.world, asked.image, asked.source, by=asked.by)
    return {"digest": made.digest}


@verb("lock", LockArguments)
def lock(desk: Desk, asked: LockArguments) -> None:
    """Set the locks of a repository, tag or manifest; what is not given is allowed."""
    actions.lock(
        desk.cloud.world,
        asked.image,
        delete_enabled=asked.delete_enabled,
        write_enabled=asked.write_enabled,
        list_enabled=asked.list_enabled,
        read_enabled=asked.read_enabled,
    )


@verb("quarantine", QuarantineArguments)
def quarantine(desk: Desk, asked: QuarantineArguments) -> None:
    """Quarantine an image, or release it."""
    actions.quarantine(desk.cloud.world, asked.image, on=asked.on, by=asked.by)


@verb("corrupt", CorruptArguments)
def corrupt(desk: Desk, asked: CorruptArguments) -> Json:
    """Lose a child, config or layer of an image."""
    digest = asked.digest or actions.parts(desk.cloud.world, asked.image)[0]
    actions.corrupt(desk.cloud.world, asked.image, digest)
    return {"digest": digest}
