"""When do passwords and secrets end?"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check, known
from shared.checks.names import about_image, about_workload, day, who
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import ScopedToken
from shared.domain.facts.workload import CredentialExpiry, IdentityKind, PullIdentity
from shared.domain.findings import Finding, Outcome, Problem

STAGES = {3: "_IN_3_DAYS", 14: "_IN_14_DAYS", 30: ""}
"""Days before the end at which a warning grows more urgent: each stage is a problem of its own,
so that a warning of long ago does not hide the last one."""

GENERATE = (
    "az acr token credential generate --registry {registry} --name {token} "
    "--password1 --expiration-in-days 90"
)
RESET = "az ad app credential reset --id {client_id} --append --years 1"

TOKEN_EXPIRED = Problem(
    code="CREDENTIALS_TOKEN_EXPIRED",
    outcome=Outcome.FAIL,
    title="Every password of the token {token} has expired",
    explanation="The last one ended on {end}: {login_server} refuses every login with it.",
    fix=(GENERATE, "Then give {workload} the new password"),
    link=links.TOKENS,
)
TOKEN_PARTLY_EXPIRED = Problem(
    code="CREDENTIALS_TOKEN_PASSWORD_EXPIRED",
    outcome=Outcome.WARN,
    title="A password of the token {token} has expired",
    explanation="It ended on {end}. The token has another one; which of them {workload} uses "
    "cannot be seen.",
    fix=("Make sure that {workload} uses the valid password", GENERATE),
    link=links.TOKENS,
)
TOKEN_EXPIRING = {
    stage: Problem(
        code=f"CREDENTIALS_TOKEN_EXPIRING{suffix}",
        outcome=Outcome.WARN,
        title="The token {token} expires in {days}",
        explanation="Its last password ends on {end}; from then on {login_server} refuses it.",
        fix=(GENERATE, "Then give {workload} the new password"),
        link=links.TOKENS,
    )
    for stage, suffix in STAGES.items()
}
SECRET_EXPIRED = Problem(
    code="CREDENTIALS_SECRET_EXPIRED",
    outcome=Outcome.FAIL,
    title="Every secret of the service principal {identity} has expired",
    explanation="The last one ended on {end}: {workload} gets no token any more.",
    fix=(RESET, "Then give {workload} the new secret"),
    link=links.PRINCIPALS,
)
SECRET_EXPIRING = {
    stage: Problem(
        code=f"CREDENTIALS_SECRET_EXPIRING{suffix}",
        outcome=Outcome.WARN,
        title="The secret of the service principal {identity} expires in {days}",
        explanation="Its last secret ends on {end}; from then on {workload} gets no token.",
        fix=(RESET, "Then give {workload} the new secret"),
        link=links.PRINCIPALS,
    )
    for stage, suffix in STAGES.items()
}


@check("credentials.token_expiry", TOKEN_EXPIRED, TOKEN_PARTLY_EXPIRED, *TOKEN_EXPIRING.values())
def token_is_valid(
    asked: Asked, identity: PullIdentity, token: ScopedToken | Unavailable
) -> Iterable[Finding]:
    """The token's passwords are valid for another 30 days."""
    if identity.kind is not IdentityKind.TOKEN:
        raise NotApplicableError("the workload does not log in with a token")
    if not known(token).exists:
        raise NotApplicableError("the token does not exist")
    passwords = known(token).expires
    if not passwords:
        raise CannotTellError("no password of the token was listed")
    ends = [end for end in passwords if end is not None]
    past = [end for end in ends if end <= asked.at]
    details = {"subject": f"{asked.pull.image.registry} token {known(token).name}"}
    details |= about_image(asked.pull.image) | about_workload(asked.pull)
    details |= {"token": known(token).name}
    if len(past) == len(passwords):
        yield TOKEN_EXPIRED.found(end=day(max(past)), **details)
    elif past:
        yield TOKEN_PARTLY_EXPIRED.found(end=day(max(past)), **details)
    elif len(ends) == len(passwords) and (stage := _stage(max(ends), asked.at)):
        yield TOKEN_EXPIRING[stage].found(**_end(max(ends), asked.at, stage), **details)


@check("credentials.secret_expiry", SECRET_EXPIRED, *SECRET_EXPIRING.values())
def secret_is_valid(
    asked: Asked, identity: PullIdentity, account: CredentialExpiry | Unavailable
) -> Iterable[Finding]:
    """The service principal's secret is valid for another 30 days."""
    if identity.kind is not IdentityKind.SERVICE_PRINCIPAL:
        raise NotApplicableError("the workload does not log in with a service principal")
    if not known(account).exists:
        raise NotApplicableError("the service principal does not exist")
    end = _last(known(account).expires)
    details = {"subject": identity.client_id or who(identity), "client_id": identity.client_id}
    details |= {"identity": who(identity)} | about_workload(asked.pull)
    if end <= asked.at:
        yield SECRET_EXPIRED.found(end=day(end), **details)
    elif stage := _stage(end, asked.at):
        yield SECRET_EXPIRING[stage].found(**_end(end, asked.at, stage), **details)


def _last(ends: Sequence[datetime]) -> datetime:
    if not ends:
        raise CannotTellError("no secret of the service principal was listed")
    return max(ends)


def _stage(end: datetime, at: datetime) -> int | None:
    """The stage of warning: 3, 14 or 30 days before the end; None while there is time."""
    return next((days for days in STAGES if end - at <= timedelta(days=days)), None)


def _end(end: datetime, at: datetime, stage: int) -> dict[str, str]:
    days = (end - at).days
    left = "a day" if days == 1 else f"{days} days" if days else "less than a day"
    return {"end": day(end), "days": left, "stage": str(stage)}


CHECKS = (token_is_valid, secret_is_valid)
