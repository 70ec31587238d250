"""The images that pulls need, repository by repository, as far as the monitor may look."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection

from msgspec.structs import replace

from shared.domain.facts.base import CouldNotLookError, Unavailable
from shared.domain.facts.registry import MonitorAccess
from shared.domain.forecast import SeenPlan, concerns
from shared.domain.images import ImageReference
from shared.domain.pulls import Pull, Registry
from shared.registry.answers import describe, obstacle
from shared.registry.images import Images
from shared.registry.login_server import LoginServer
from shared.registry.one_image import NOTHING_KEPT, Observations, unseen
from shared.registry.questions import is_valid
from shared.registry.repository import Repository
from shared.registry.tokens import Grant


class ImagesInUse:
    """Asks for the monitor's own token first: without it nothing is said of an image."""

    def __init__(self, images: Images, repository: Callable[[Registry, str], Repository]) -> None:
        """``repository`` opens one by its name."""
        self._images = images
        self._repository = repository

    async def with_running(
        self, server: LoginServer, pull: Pull, facts: Observations
    ) -> Observations:
        """Look whether what runs is still there where its tag is not: it could be tagged again."""
        running = replace(pull.image, tag="", digest=pull.running)
        if NOTHING_KEPT not in facts or not pull.running or not is_valid(running):
            return facts
        if pull.image.digest or server.registry is None:
            return facts
        repository = self._repository(server.registry, pull.image.repository)
        try:
            state = await self._images.kept(repository, pull.running)
        except CouldNotLookError:
            return facts
        return tuple(state if fact == NOTHING_KEPT else fact for fact in facts)

    async def of_all(
        self,
        server: LoginServer,
        images: Collection[ImageReference],
        plan: SeenPlan | Unavailable,
    ) -> dict[ImageReference, Observations]:
        """Observe images, each repository whole where a clean-up plan concerns it."""
        repositories: dict[str, list[ImageReference]] = defaultdict(list)
        for image in images:
            repositories[image.repository].append(image)
        found = await asyncio.gather(
            *(
                self._of_repository(
                    server,
                    name,
                    own,
                    whole=isinstance(plan, SeenPlan) and concerns(plan, name),
                )
                for name, own in repositories.items()
            )
        )
        return {image: facts for one in found for image, facts in one.items()}

    async def _of_repository(
        self,
        server: LoginServer,
        name: str,
        images: Collection[ImageReference],
        *,
        whole: bool,
    ) -> dict[ImageReference, Observations]:
        valid = [image for image in images if is_valid(image)]
        reason = server.obstacle or ("" if valid else f"{name[:200]!r} is no image's name")
        if reason or server.registry is None:
            return dict.fromkeys(images, _nothing(reason))
        repository = self._repository(server.registry, name)
        try:
            grant = await repository.access()
        except CouldNotLookError as why:
            return dict.fromkeys(images, _nothing(str(why)))
        access = MonitorAccess(grant.answer, grant.actions)
        if refusal := _refusal(grant, f"{repository.host}/{name}"):
            return dict.fromkeys(images, (access, *unseen(refusal)))
        references = sorted({image.reference for image in valid})
        found = await self._images.observe(server.registry, repository, references, whole=whole)
        unknown = unseen("not a valid tag or digest")
        return {image: (access, *found.get(image.reference, unknown)) for image in images}


def _refusal(grant: Grant, where: str) -> str:
    if grant.allows("pull"):
        return ""
    if grant.token:
        allowed = ", ".join(grant.actions) or "nothing"
        return f"the monitor itself may not pull from {where}: its token allows {allowed}"
    hindrance = obstacle(grant.answer)
    return hindrance or f"the monitor itself gets no token for {where}: {describe(grant.answer)}"


def _nothing(reason: str) -> Observations:
    return Unavailable.of(MonitorAccess, reason), *unseen(reason)
