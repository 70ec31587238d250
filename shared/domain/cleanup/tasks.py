"""ACR tasks that purge: what their YAML runs."""

from collections.abc import Mapping, Sequence

from shared.domain.cleanup.model import CleanupTask


def read_task(
    text: str,
    *,
    name: str = "",
    enabled: bool = True,
    schedules: Sequence[str] = (),
    values: Mapping[str, str] | None = None,
) -> CleanupTask:
    """Read a task file's YAML. Never raises: what is not understood is in ``refused``."""
    raise NotImplementedError(text, name, enabled, schedules, values)


def read_encoded_task(
    content: str,
    *,
    name: str = "",
    enabled: bool = True,
    schedules: Sequence[str] = (),
    values: Mapping[str, str] | None = None,
) -> CleanupTask:
    """Read the base64 of ``encodedTaskContent``. Never raises, as ``read_task``."""
    raise NotImplementedError(content, name, enabled, schedules, values)
