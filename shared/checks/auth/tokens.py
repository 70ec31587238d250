"""Does the registry accept what the workload shows, for this repository?"""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.auth.roles import ACCESS, REFRESH
from shared.checks.base import NotApplicableError, check, known
from shared.checks.names import about_image, about_registry, about_workload, listed
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import RegistryProfile, ScopedToken
from shared.domain.facts.workload import (
    Audience,
    IdentityKind,
    PullIdentity,
    RegistryCredential,
)
from shared.domain.findings import Finding, Outcome, Problem
from shared.domain.wildcards import matches

AUDIENCE = Problem(
    code="AUTH_ARM_AUDIENCE_REFUSED",
    outcome=Outcome.FAIL,
    title="{login_server} refuses the kind of token with which workloads sign in",
    explanation="The platform of {workload} signs in with a token for Azure Resource Manager, and "
    "the registry's policy azureADAuthenticationAsArm is disabled: every such login is refused.",
    fix=("az acr config authentication-as-arm update --registry {registry} --status enabled",),
    link=links.AS_ARM,
    health_code=REFRESH,
)
ANONYMOUS_OFF = Problem(
    code="AUTH_ANONYMOUS_PULL_OFF",
    outcome=Outcome.FAIL,
    title="{login_server} allows no anonymous pull, and {workload} pulls anonymously",
    explanation="It is told to pull without an identity, and the registry lets nobody in who does "
    "not log in.",
    fix=(
        "Give {workload} an identity with a pull role; only if everyone may read every image:",
        "az acr update --name {registry} --anonymous-pull-enabled true",
    ),
    link=links.ANONYMOUS,
)
NOT_IN_SCOPE = Problem(
    code="AUTH_SCOPE_MAP_LACKS_REPOSITORY",
    outcome=Outcome.FAIL,
    title="The token {token} may not pull {repository}",
    explanation="Its scope map {scope_map} does not grant content/read on the repository; it "
    "grants {granted}.",
    fix=(
        (
            "az acr scope-map update --registry {registry} --name {scope_map} "
            "--add-repository {repository} content/read metadata/read"
        ),
    ),
    link=links.TOKENS,
    health_code=ACCESS,
)


@check("auth.audience", AUDIENCE)
def audience_is_accepted(
    asked: Asked, identity: PullIdentity, profile: RegistryProfile | Unavailable
) -> Iterable[Finding]:
    """The registry accepts the kind of token that the platform sends."""
    if identity.audience is None:
        raise NotApplicableError("no Entra token is sent")
    if identity.audience is Audience.ARM and not known(profile).arm_audience_accepted:
        details = about_registry(known(profile)) | about_workload(asked.pull)
        yield AUDIENCE.found(subject=known(profile).login_server, **details)


@check("auth.anonymous", ANONYMOUS_OFF)
def anonymous_pull_is_on(
    asked: Asked,
    identity: PullIdentity,
    profile: RegistryProfile | Unavailable,
    setting: RegistryCredential | Unavailable,
) -> Iterable[Finding]:
    """The registry allows anonymous pulls, where the workload cannot but make one."""
    if identity.kind is not IdentityKind.ANONYMOUS:
        raise NotApplicableError("the workload shows a credential")
    if isinstance(setting, RegistryCredential) and not setting.anonymous:
        raise NotApplicableError("the workload has a setting for credentials, which decides")
    registry = known(profile)
    if not registry.anonymous_pull:
        details = about_registry(registry) | about_workload(asked.pull)
        yield ANONYMOUS_OFF.found(subject=asked.pull.workload.id, **details)


@check("auth.scope_map", NOT_IN_SCOPE)
def scope_map_covers_repository(
    asked: Asked, identity: PullIdentity, token: ScopedToken | Unavailable
) -> Iterable[Finding]:
    """The token's scope map grants content/read on the repository."""
    if identity.kind is not IdentityKind.TOKEN:
        raise NotApplicableError("the workload does not log in with a token")
    scoped, image = known(token), asked.pull.image
    if not scoped.exists:
        raise NotApplicableError("the token does not exist")
    wanted = f"repositories/{image.repository}/content/read"
    if any(matches(action, wanted) for action in scoped.actions):
        return
    yield NOT_IN_SCOPE.found(
        subject=f"{image.registry} scope map {scoped.scope_map}, {image.repository}",
        token=scoped.name,
        scope_map=scoped.scope_map,
        granted=listed(scoped.actions, "nothing"),
        **about_image(image),
    )


ON_LOGIN = (audience_is_accepted, anonymous_pull_is_on)
ON_REPOSITORY = (scope_map_covers_repository,)
