"""Traps of a purge's flags: what they do that their author does not mean."""

from collections.abc import Iterator

from shared.domain.cleanup.ago import LONGEST, is_plain, parse_ago
from shared.domain.cleanup.expressions import split_filter
from shared.domain.cleanup.model import Trap
from shared.domain.cleanup.parts import Parts, Registry, ago_of, matches_everything
from shared.domain.cleanup.versions import ADVISED, is_old, release

MOST_CONCURRENT = 32


def missing_ago(parts: Parts, _: Registry) -> Iterator[Trap]:
    """No ``--ago``: the tool does not run."""
    if parts.has("ago") or parts.is_on("untagged-only") or parts.has("max-tags"):
        return
    keeps = parts.has("keep")
    yield Trap(
        "KEEP_WITHOUT_AGO" if keeps else "NO_AGO",
        "The tool does not run without --ago",
        "Without --untagged-only the tool demands --ago, deletes nothing and fails. "
        + ("--ago 0d with --keep keeps the newest of all." if keeps else ""),
        parts.put("ago", "0d" if keeps else "30d").command(),
    )


def odd_ago(parts: Parts, _: Registry) -> Iterator[Trap]:
    """A duration that is read as another one than it looks like."""
    text = ago_of(parts)
    if not text or is_plain(text):
        return
    read = parse_ago(text)
    plain = "30d" if read >= LONGEST else f"{max(read.days, 0)}d"
    yield Trap(
        "ODD_AGO",
        f"--ago {text[:50]} is read as {read}",
        "The tool reads days first and then a Go duration (2d3h6m), and drops what it does not "
        "understand behind the days. What it cannot read at all becomes 150 years.",
        parts.put("ago", plain).command(),
    )


def untagged_too(parts: Parts, _: Registry) -> Iterator[Trap]:
    """``--untagged`` where only untagged manifests are meant."""
    if not parts.is_on("untagged"):
        return
    if any(matches_everything(split_filter(text)[1]) for text in parts.filters):
        only = parts.without("untagged").put("untagged-only")
        if release(only.version) < release("0.18"):
            only = Parts(ADVISED, only.flags)
        yield Trap(
            "UNTAGGED_NOT_ONLY",
            "--untagged deletes tags as well",
            "It first takes every tag that is old enough and then the manifests without tags. "
            "--untagged-only leaves tags alone.",
            only.command(),
        )


def keep_after_age(parts: Parts, _: Registry) -> Iterator[Trap]:
    """Keep counts among the old ones."""
    keep, ago = parts.number("keep"), ago_of(parts)
    if keep < 1 or not ago or parse_ago(ago).total_seconds() <= 0:
        return
    yield Trap(
        "KEEP_AFTER_AGE",
        f"--keep {keep} counts only tags that are already old",
        f"The newest {keep} of those that match, are unlocked and older than {ago[:50]} stay; "
        f"younger ones do not count. --ago 0d keeps the newest {keep} of all, and takes all others "
        "whatever their age; no command of the tool keeps some of all and goes by age.",
        parts.put("ago", "0d").command(),
    )


def keep_untagged(parts: Parts, _: Registry) -> Iterator[Trap]:
    """Keep counts manifests anew."""
    only = parts.is_on("untagged-only")
    both = only or parts.is_on("untagged")
    if not both or parts.number("keep") < 1 or release(parts.version) < release("0.18"):
        return
    by_age = parts if parts.has("ago") else parts.put("ago", "30d")
    yield Trap(
        "KEEP_UNTAGGED",
        "--keep counts untagged manifests anew",
        "It keeps that many tags and then that many untagged manifests. In 0.18 and 0.19, "
        "where no more than that many could go, it keeps none of them. Age does what it says.",
        (by_age.without("keep") if only else parts.without("untagged")).command(),
    )


def locked(parts: Parts, _: Registry) -> Iterator[Trap]:
    """Locks that protect nothing."""
    if parts.is_on("include-locked"):
        yield Trap(
            "INCLUDE_LOCKED",
            "--include-locked deletes what somebody locked",
            "It unlocks tags and manifests and then deletes them: a lock protects nothing then.",
            parts.without("include-locked").command(),
        )


def old(parts: Parts, _: Registry) -> Iterator[Trap]:
    """A release with known faults."""
    if is_old(parts.version):
        yield Trap(
            "OLD_ACR_CLI",
            f"acr-cli {parts.version[:50]} is old",
            "Before 0.17 --untagged does not look at --ago; up to 0.5 it also deletes the "
            "platforms of multi-arch images: the tag stays, and a pull says manifest unknown.",
            Parts(ADVISED, parts.flags).command(),
        )


def dry(parts: Parts, _: Registry) -> Iterator[Trap]:
    """A purge that purges nothing."""
    if parts.is_on("dry-run"):
        yield Trap(
            "DRY_RUN",
            "--dry-run deletes nothing",
            "It only lists. A scheduled task with it never frees anything.",
            parts.without("dry-run").command(),
        )


def concurrency(parts: Parts, _: Registry) -> Iterator[Trap]:
    """A number that the tool does not take."""
    if not parts.has("concurrency"):
        return
    asked = parts.number("concurrency")
    if not 1 <= asked <= MOST_CONCURRENT:
        yield Trap(
            "CONCURRENCY",
            f"--concurrency {asked} is not what runs",
            f"The tool takes 1 to {MOST_CONCURRENT}; more becomes {MOST_CONCURRENT}, less the "
            "number of processors.",
            parts.put("concurrency", str(MOST_CONCURRENT)).command(),
        )
