"""When do passwords and secrets end?"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check, known
from shared.checks.commands import hand_over
from shared.checks.names import about_image, about_workload, day, who
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import ScopedToken
from shared.domain.facts.workload import CredentialExpiry, IdentityKind, PullIdentity
from shared.domain.findings import Finding, Outcome, Problem

STAGES = {3: 2, 14: 1, 30: 0}
"""Days before the end -> how pressing the warning is: each stage is told on its own."""

SECRET = "image pull secret "  # noqa: S105 - words
"""How `PullIdentity.where` begins for a pull secret, followed by its namespace/name."""
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
    fix=(GENERATE, "{then}", "{hand_over}"),
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
TOKEN_EXPIRING = Problem(
    code="CREDENTIALS_TOKEN_EXPIRING",
    outcome=Outcome.WARN,
    becomes=("CREDENTIALS_TOKEN_EXPIRED",),
    title="The token {token} expires on {end}",
    explanation="Then its last password ends, and {login_server} refuses every login with it.",
    fix=(GENERATE, "{then}", "{hand_over}"),
    link=links.TOKENS,
)
SECRET_EXPIRED = Problem(
    code="CREDENTIALS_SECRET_EXPIRED",
    outcome=Outcome.FAIL,
    title="Every secret of the service principal {identity} has expired",
    explanation="The last one ended on {end}: {workload} gets no token any more.",
    fix=(RESET, "{then}", "{hand_over}"),
    link=links.PRINCIPALS,
)
SECRET_EXPIRING = Problem(
    code="CREDENTIALS_SECRET_EXPIRING",
    outcome=Outcome.WARN,
    becomes=("CREDENTIALS_SECRET_EXPIRED",),
    title="The secret of the service principal {identity} expires on {end}",
    explanation="It is the last one that is valid; from then on {workload} gets no token.",
    fix=(RESET, "{then}", "{hand_over}"),
    link=links.PRINCIPALS,
)


@check("credentials.token_expiry", TOKEN_EXPIRED, TOKEN_PARTLY_EXPIRED, TOKEN_EXPIRING)
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
    details |= {"token": known(token).name, **_hand_over(asked, identity)}
    if len(past) == len(passwords):
        yield TOKEN_EXPIRED.found(end=day(max(past)), **details)
    elif past:
        yield TOKEN_PARTLY_EXPIRED.found(end=day(max(past)), **details)
    elif len(ends) == len(passwords):
        yield from _expiring(TOKEN_EXPIRING, max(ends), asked.at, details)


@check("credentials.secret_expiry", SECRET_EXPIRED, SECRET_EXPIRING)
def secret_is_valid(
    asked: Asked, identity: PullIdentity, account: CredentialExpiry | Unavailable
) -> Iterable[Finding]:
    """The service principal's secret is valid for another 30 days."""
    if identity.kind is not IdentityKind.SERVICE_PRINCIPAL:
        raise NotApplicableError("the workload does not log in with a service principal")
    if not known(account).exists:
        raise NotApplicableError("the service principal does not exist")
    if home := known(account).registered_in:
        raise CannotTellError(
            f"its application is registered in {home}: its secrets are seen there"
        )
    end = _last(known(account).expires)
    details = {"subject": identity.client_id or who(identity), "client_id": identity.client_id}
    details |= {"identity": who(identity)} | about_workload(asked.pull)
    details |= {**_hand_over(asked, identity)}
    if end <= asked.at:
        yield SECRET_EXPIRED.found(end=day(end), **details)
    else:
        yield from _expiring(SECRET_EXPIRING, end, asked.at, details)


def _hand_over(asked: Asked, identity: PullIdentity) -> dict[str, str]:
    """How the workload gets the new password: a command where there is one."""
    secret = identity.where.removeprefix(SECRET) if identity.where.startswith(SECRET) else ""
    found = hand_over(asked.pull, identity.client_id or identity.name, secret)
    where = ":" if found else f", in its {identity.where}" if identity.where else ""
    then = f"Then give {asked.pull.workload.name} the new password{where}"
    return {"then": then, "hand_over": found}


def _last(ends: Sequence[datetime]) -> datetime:
    if not ends:
        raise CannotTellError("no secret of the service principal was listed")
    return max(ends)


def _expiring(
    problem: Problem, end: datetime, at: datetime, details: dict[str, str]
) -> Iterable[Finding]:
    """The warning, where fewer than 30 days are left. It tells the day: a number of days ages."""
    stage = next((s for days, s in STAGES.items() if end - at <= timedelta(days=days)), None)
    if stage is not None:
        yield problem.found(end=day(end), **details).at_stage(stage)


CHECKS = (token_is_valid, secret_is_valid)
