"""What is said of a pull that fails, where no text and nothing live names the one cause.

That it fails is certain, so it is told; the causes that are left are all named, none is chosen,
and the steps tell them apart.
"""

import shlex
from collections.abc import Sequence

from shared.checks import links
from shared.checks.names import about_image, about_workload, listed, who
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import RegistryProfile
from shared.domain.facts.workload import IdentityKind, PullIdentity
from shared.domain.findings import Confidence, Finding, Outcome, Problem
from shared.explain import CauseLabel

CREDENTIAL_REFUSED = Problem(
    code="REPORTED_CREDENTIAL_REFUSED",
    outcome=Outcome.FAIL,
    title="{login_server} refuses the credential that {workload} shows",
    explanation="Either {causes}. {why}. {source}: {text}",
    fix=("{tell}", "{tell_more}", "{tell_last}"),
    link=links.LOGIN,
    health_code="CONNECTIVITY_REFRESH_TOKEN_ERROR",
    confidence=Confidence.REPORTED,
)
SEVERAL_CAUSES = Problem(
    code="REPORTED_SEVERAL_CAUSES",
    outcome=Outcome.FAIL,
    title="{workload} cannot pull {image}, for one of several reasons",
    explanation="Either {causes}. {why}. {source}: {text}",
    fix=("{tell}", "{tell_more}", "{tell_last}"),
    link=links.ACCESS,
    confidence=Confidence.REPORTED,
)
NO_CAUSE = Problem(
    code="REPORTED_WITHOUT_CAUSE",
    outcome=Outcome.FAIL,
    title="{workload} cannot pull {image}, and its platform does not say why",
    explanation="The cause lies in what could not be looked at: {unseen}. {source}: {text}",
    fix=("Let Pullwatch read what it could not, or look there: {unseen}", "{tell}"),
    link=links.ACCESS,
    confidence=Confidence.REPORTED,
)
PROBLEMS = (CREDENTIAL_REFUSED, SEVERAL_CAUSES, NO_CAUSE)

OF_ROLES = frozenset({CauseLabel.AUTH_MISSING_ROLE, CauseLabel.ABAC_ROLE})
OF_LOGIN = OF_ROLES | {
    CauseLabel.AUTH_BAD_CREDENTIALS,
    CauseLabel.AUTH_EXPIRED_CREDENTIALS,
    CauseLabel.AUTH_TOKEN_SCOPE,
}
WITHOUT_ROLES = (IdentityKind.TOKEN, IdentityKind.ADMIN_USER)
"""What logs in with these is no principal of Entra: roles do not count."""


def possible(
    cause: CauseLabel, identity: PullIdentity | None, profile: RegistryProfile | None
) -> bool:
    """Whether a cause can hold at all for who pulls, from this registry."""
    if cause is CauseLabel.ABAC_ROLE and profile is not None and not profile.abac:
        return False
    return not (cause in OF_ROLES and identity is not None and identity.kind in WITHOUT_ROLES)


def several(asked: Asked, left: Sequence[Finding], identity: PullIdentity | None) -> Finding:
    """One finding for the causes that are left, each found as a problem of its own."""
    causes = [CauseLabel(finding.details["cause"]) for finding in left]
    problem = CREDENTIAL_REFUSED if OF_LOGIN.issuperset(causes) else SEVERAL_CAUSES
    steps = _ways_to_tell(asked, causes, identity)
    return problem.found(
        subject=left[0].subject,
        **left[0].details
        | {
            "causes": ", or ".join(cause.meaning for cause in causes),
            "cause": " ".join(causes),
            "tell": steps[0],
            "tell_more": steps[1],
            "tell_last": steps[2],
        },
    )


def silent(asked: Asked, unseen: Sequence[str], source: str, text: str) -> Finding:
    """A finding for a pull that fails while something that would tell why is out of sight."""
    return NO_CAUSE.found(
        subject=f"{asked.pull.image} in {asked.pull.workload.id}",
        unseen=listed(dict.fromkeys(map(_matter, unseen))),
        source=source,
        text=text,
        tell=_look_at_workload(asked),
        **about_image(asked.pull.image),
        **about_workload(asked.pull),
    )


def _matter(check: str) -> str:
    """What a check is about, for people."""
    return _MATTERS.get(check.partition(".")[0], check)


_MATTERS = {
    "reference": "the image's name",
    "network": "the way to the registry",
    "credentials": "the credential",
    "auth": "the right to pull",
    "existence": "the image in the registry",
    "capacity": "the limits",
}


def _ways_to_tell(
    asked: Asked, causes: Sequence[CauseLabel], identity: PullIdentity | None
) -> tuple[str, str, str]:
    registry = about_image(asked.pull.image)["registry"]
    if not OF_LOGIN.issuperset(causes):
        return _look_at_workload(asked), f"az acr check-health --name {shlex.quote(registry)}", ""
    login = (
        f"az acr login --name {shlex.quote(registry)} --username USER --password PASSWORD: "
        "refused, the credential is wrong or has expired; accepted, it lacks the right to pull"
    )
    return _who_pulls(identity), f"Try that credential: {login}", _what_then(causes, identity)


def _who_pulls(identity: PullIdentity | None) -> str:
    if identity is None:
        return "Find out which credential the workload shows"
    if identity.kind is not IdentityKind.PULL_SECRET:
        return f"Look at what the workload shows, {who(identity)}"
    namespace, _, name = identity.where.rpartition(" ")[2].partition("/")
    return (
        f"kubectl get secret {shlex.quote(name or identity.name)} "
        f"--namespace {shlex.quote(namespace or 'default')} "
        r"--output jsonpath='{.data.\.dockerconfigjson}' | base64 --decode"
    )


def _what_then(causes: Sequence[CauseLabel], identity: PullIdentity | None) -> str:
    client = identity.client_id if identity and identity.client_id else "USER"
    after = f"az ad app credential list --id {shlex.quote(client)} --query '[].endDateTime'"
    expired = CauseLabel.AUTH_EXPIRED_CREDENTIALS in causes
    return f"If USER is an application's id, when its secrets end: {after}" if expired else ""


def _look_at_workload(asked: Asked) -> str:
    return f"Read the whole error where {asked.pull.workload.name} runs"
