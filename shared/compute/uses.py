"""From the images that workloads name to pulls."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from shared.compute.base import Discovery
from shared.domain.diagnosis import Gap
from shared.domain.images import (
    Digest,
    ImageReference,
    InvalidReferenceError,
    parse_reference,
    read_loosely,
)
from shared.domain.pulls import Pull, Standing, Workload


class Use(Struct, frozen=True):
    """
    A container of a workload: its image as written, and the digest seen running.

    ``instances`` is how many run it: where digests differ, the most common one counts.
    """

    workload: Workload
    image: str
    standing: Standing = Standing.ACTIVE
    running: Digest = Digest("")
    instances: int = 1


def discovery(uses: Iterable[Use], gaps: Iterable[Gap] = ()) -> Discovery:
    """
    The pulls behind uses: one for each workload and image, images on ACR only,
    those included whose registry's name is a slip of the pen.

    An image that is plainly meant to be on ACR is a pull, however wrong its name is. Any other
    that cannot be parsed is a gap of its workload.
    """
    unread: list[Gap] = list(gaps)
    together: dict[tuple[str, ImageReference], list[Use]] = defaultdict(list)
    for use in uses:
        try:
            image = parse_reference(use.image)
        except InvalidReferenceError as why:
            loose = read_loosely(use.image)
            if loose is None:
                reason = f"image {use.image[:200]!r}: {why}"
                unread.append(Gap(use.workload.id, reason, hides=False))
                continue
            image = loose
        if image.meant_for_acr:
            together[use.workload.id.lower(), image].append(use)
    pulls = tuple(_pull(image, same) for (_, image), same in together.items())
    return Discovery(pulls, tuple(dict.fromkeys(unread)))


def names(text: str, image: ImageReference) -> bool:
    """Whether a text, as a workload has it, means an image."""
    try:
        return parse_reference(text) == image
    except InvalidReferenceError:
        return read_loosely(text) == image


def joined(parts: Iterable[Discovery]) -> Discovery:
    """Several discoveries as one."""
    parts = tuple(parts)
    return Discovery(
        tuple(_flat(p.pulls for p in parts)),
        tuple(_flat(p.gaps for p in parts)),
        frozenset().union(*(p.subscriptions for p in parts)),
    )


def _flat[T](lists: Iterable[tuple[T, ...]]) -> Iterator[T]:
    for one in lists:
        yield from one


def _pull(image: ImageReference, uses: list[Use]) -> Pull:
    standing = min((use.standing for use in uses), key=list(Standing).index)
    return Pull(uses[0].workload, image, standing, _running(uses))


def _running(uses: list[Use]) -> Digest:
    counted: Counter[Digest] = Counter()
    for use in uses:
        if use.running:
            counted[use.running] += use.instances
    return min(counted, key=lambda digest: (-counted[digest], digest), default=Digest(""))
