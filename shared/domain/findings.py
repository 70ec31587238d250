"""Problems, findings, and how bad they are."""

import shlex
from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum, StrEnum

from msgspec import Struct, field
from msgspec.structs import replace


class Outcome(IntEnum):
    """Ordered so that max() is the worst. Not knowing is worse than passing."""

    SKIPPED = 0
    PASS = 1
    UNKNOWN = 2
    WARN = 3
    FAIL = 4

    @property
    def label(self) -> str:
        """The word that people read."""
        return self.name.lower()


class Confidence(StrEnum):
    """How sure a finding is."""

    PROVEN = "proven"  # seen live
    LIKELY = "likely"  # follows from what was seen, but something could not be looked at
    REPORTED = "reported"  # from an error text alone


class Sight(Struct, frozen=True):
    """What a finding rests on, in lines for people.

    ``seen`` is the evidence; ``ruled_out`` are other causes that it is not, in a few words each;
    ``unseen`` is what could not be looked at, with the reason. ``at`` is when everything was
    looked at, ``workload`` the name of the one for which.
    """

    seen: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    at: datetime | None = None
    workload: str = ""


class Finding(Struct, frozen=True):
    """One problem, found: rendered with the real names, so that it can be stored and read alone.

    ``subject`` is the resource at fault: findings of one problem on one subject are one incident.
    ``fix`` are commands or instructions, in the order in which to try them.
    ``explains`` are prefixes of check ids whose UNKNOWN is only a consequence of this finding.
    ``stage`` says how pressing a warning is: 0 waits for the nightly report, and each higher one is
    announced on its own, once. ``becomes`` are prefixes of the codes that a warning comes true as:
    its end is no good news then.
    """

    code: str
    outcome: Outcome
    subject: str
    title: str
    explanation: str = ""
    fix: tuple[str, ...] = ()
    link: str = ""
    details: dict[str, str] = field(default_factory=dict)
    explains: tuple[str, ...] = ()
    confidence: Confidence = Confidence.PROVEN
    stage: int = 0
    becomes: tuple[str, ...] = ()
    sight: Sight = Sight()

    def at_stage(self, stage: int) -> "Finding":
        """The same finding, as pressing as ``stage`` says."""
        return replace(self, stage=stage)


class Problem(Struct, frozen=True, kw_only=True):
    """A kind of thing that can be wrong with a pull. Its code never changes.

    ``title``, ``explanation`` and ``fix`` are templates over the details of a finding and
    ``{subject}``. ``explains`` names the checks (``family.`` or a whole id) whose UNKNOWN is
    only a consequence of this problem. ``health_code`` is what ``az acr check-health`` says.
    ``becomes`` are prefixes of the codes that this warning comes true as.
    """

    code: str
    outcome: Outcome
    title: str
    explanation: str = ""
    fix: tuple[str, ...] = ()
    link: str = ""
    explains: tuple[str, ...] = ()
    health_code: str = ""
    becomes: tuple[str, ...] = ()
    confidence: Confidence = Confidence.PROVEN

    def found(self, *, subject: str, **details: str) -> Finding:
        """Render this problem for one subject.

        Values come from registries and events, so commands get them quoted for a shell. A step
        that comes out empty is left out.
        Raises KeyError where a template names a detail that is not given.
        """
        plain = {**details, "subject": subject}
        quoted = {name: shlex.quote(value) for name, value in plain.items()}
        steps = [_render(line, plain, quoted) for line in self.fix]
        return Finding(
            code=self.code,
            outcome=self.outcome,
            subject=subject,
            title=self.title.format_map(plain),
            explanation=self.explanation.format_map(plain),
            fix=tuple(step for step in steps if step),
            link=self.link,
            details=details,
            explains=self.explains,
            confidence=self.confidence,
            becomes=self.becomes,
        )


class CheckResult(Struct, frozen=True):
    """What one check concluded, with the reason where it could not.

    An unknown *advisory* check does not make the diagnosis unknown. An *overshadowed* one was
    unknown only as a consequence of another finding.
    """

    check: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    advisory: bool = False
    overshadowed: bool = False


TOOLS = ("az ", "kubectl ", "curl ", "docker ", "openssl ")


def is_command(step: str) -> bool:
    """Whether a step of a fix is typed, not read: it starts with a tool's name.

    A sentence holds no command: its values are not quoted.
    """
    return step.startswith(TOOLS)


def _render(template: str, plain: Mapping[str, str], quoted: Mapping[str, str]) -> str:
    return template.format_map(quoted if is_command(template) else plain)
