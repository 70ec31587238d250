"""How a coming loss is told: when, by what, why this one, and what keeps it."""

import shlex
from datetime import timedelta

from shared.checks.names import day, registry_name
from shared.domain.cleanup import Loss, LossKind, Purge, RefusedError, parse_purge
from shared.domain.facts.cleanup import CleanupForecast
from shared.domain.forecast import matches
from shared.domain.images import ImageReference
from shared.domain.words import lasted, listed

DEFEATED = "A lock does not keep it: the command has --include-locked, which unlocks and deletes. "


def about_loss(loss: Loss) -> dict[str, str]:
    """When, by what, and which manifest."""
    by = loss.by if loss.kind is LossKind.RETENTION else f"the task {loss.by}"
    if loss.kind is LossKind.RETENTION:
        by = f"the {by}"
    return {
        "when": f"On {loss.at:%Y-%m-%d} at {loss.at:%H:%M} UTC",
        "at": loss.at.isoformat(),
        "task": loss.by,
        "by": by,
        "command": loss.command,
        "digest": loss.digest,
    }


def why(loss: Loss, forecast: CleanupForecast) -> str:
    """Why this one, of all: in the terms of its command or policy."""
    if loss.kind is LossKind.RETENTION:
        return (
            "The policy deletes Docker manifests some days after they lost their last tag, if that "
            "was after it was switched on. "
        )
    told = f"It runs: {loss.command}. "
    reasons = _reasons(loss)
    locked = DEFEATED if _defeats_locks(loss, forecast) else ""
    return told + reasons + locked


def _reasons(loss: Loss) -> str:
    try:
        purge = parse_purge(loss.command)
    except RefusedError:
        return ""
    if loss.kind is LossKind.DELETED:
        return "Manifests without a tag go with it, and this one has none by then. "
    matching = [one for one in purge.filters if _matches(one, loss)]
    parts = [f"The tag matches {listed([shlex.quote(one) for one in matching], 3)}"]
    if purge.tag_limits.given:
        parts.append(_counted(purge))
        return ", ".join(parts) + ". "
    parts.append(f"will be older than {lasted(_ago(purge.ago))}")
    if purge.keep:
        parts.append(f"and is not among the {purge.keep} newest of those, which --keep spares")
    else:
        parts.append("and nothing is kept")
    return ", ".join(parts) + ". "


def _counted(purge: Purge) -> str:
    """Why limits let a tag go: by its age, or because there are more."""
    floor, cap, reasons = purge.tag_limits.floor, purge.tag_limits.cap, list[str]()
    if purge.ago is not None:
        spared = f" and is not among the {floor} newest that match" if floor else ""
        reasons.append(f"will be older than {lasted(purge.ago)}{spared}")
    if cap is not None:
        reasons.append(f"is not among the {cap} newest that match")
    return ", or ".join(reasons)


def _ago(given: timedelta | None) -> timedelta:
    return timedelta(days=1) if given is None else given


def _matches(one: str, loss: Loss) -> bool:
    try:
        return matches(Purge(filters=(one,)), loss.repository, loss.tag)
    except RefusedError:
        return False


def _defeats_locks(loss: Loss, forecast: CleanupForecast) -> bool:
    return any(order.include_locked and order.command == loss.command for order in forecast.orders)


def afterwards(loss: Loss, forecast: CleanupForecast) -> str:
    """Whether the manifest outlives its tag: then the tag can be put back."""
    manifest = next(
        (one for one in forecast.losses if one.digest == loss.digest and one is not loss), None
    )
    if manifest is None:
        return "The manifest stays, untagged, so the tag could be put back on it. "
    return f"Its manifest goes at {day(manifest.at)}, so the tag cannot be put back. "


def restore_hint(loss: Loss, forecast: CleanupForecast) -> str:
    """What soft delete would still hold."""
    if loss.kind is LossKind.UNTAGGED or not forecast.soft_delete_days:
        return ""
    return f"Soft delete holds it for {forecast.soft_delete_days} days after that. "


def keep(image: ImageReference, loss: Loss, forecast: CleanupForecast) -> dict[str, str]:
    """What keeps it: locks, unless the command defeats them; the task halted; another command."""
    registry = shlex.quote(registry_name(image.registry))
    named = {
        "halt": f"az acr task update --registry {registry} --name {shlex.quote(loss.by)} "
        "--status Disabled",
        "change": _change(registry, loss, forecast),
        "keep": "",
        "keep_manifest": "",
    }
    if loss.kind is LossKind.RETENTION:
        named["change"] = ""
        named["halt"] = (
            f"az acr config retention update --registry {registry} --status disabled "
            "--type UntaggedManifests"
        )
    if _defeats_locks(loss, forecast):
        return named
    if loss.tag and loss.kind is LossKind.UNTAGGED:
        named["keep"] = lock(image.registry, f"{loss.repository}:{loss.tag}")
    if loss.digest:
        named["keep_manifest"] = lock(image.registry, f"{loss.repository}@{loss.digest}")
    return named


def lock(login_server: str, what: str) -> str:
    """The command that locks a tag (``repository:tag``) or manifest against deletion."""
    registry = shlex.quote(registry_name(login_server))
    return (
        f"az acr repository update --name {registry} --image {shlex.quote(what)} "
        "--delete-enabled false"
    )


def _change(registry: str, loss: Loss, forecast: CleanupForecast) -> str:
    """The command without its trap, if that leaves the tag alone; else what to change."""
    for one in forecast.traps:
        if one.command == loss.command and _leaves_alone(one.trap.corrected, loss):
            return (
                f"az acr task update --registry {registry} --name {shlex.quote(loss.by)} "
                f"--cmd {shlex.quote(one.trap.corrected)} --file /dev/null"
            )
    return (
        f"Change the command of the task {loss.by}: a larger --keep or --ago, or a filter that "
        "does not match the tag"
    )


def _leaves_alone(corrected: str, loss: Loss) -> bool:
    try:
        return bool(corrected and loss.tag) and not matches(
            parse_purge(corrected), loss.repository, loss.tag
        )
    except RefusedError:
        return False
