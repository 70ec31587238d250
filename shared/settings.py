"""Every setting of the app, defined once: the environment read into one frozen object.

The table in the README, local.settings.sample.json and the infrastructure are tested against
this file. Nothing else in the app reads the environment.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, get_args, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

type Names = tuple[str, ...]


class SettingsError(Exception):
    """Settings are missing or wrong. ``problems`` has one sentence each, without any value
    that is a secret.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


SECRET = {"secret": True}
SHORTEST_SECRET = 16
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ProtectMode(StrEnum):
    """Whether Pullwatch locks deployed images. It plans in either mode, and writes in one."""

    OFF = "off"
    LOCK = "lock"


class Settings(Struct, frozen=True, kw_only=True):
    """The app's settings. A field's environment variable is its name in capitals, or its alias."""

    service_bus: Annotated[
        str, Meta(description="Service Bus connection string (local stack only).", extra=SECRET)
    ] = ""
    service_bus_namespace: Annotated[
        str,
        Meta(
            description="Service Bus namespace, such as `pullwatch.servicebus.windows.net`; "
            "reached with the app's identity.",
            extra={"alias": "SERVICE_BUS__fullyQualifiedNamespace"},
        ),
    ] = ""
    tables: Annotated[
        str, Meta(description="Table Storage connection string (local stack only).", extra=SECRET)
    ] = ""
    tables_endpoint: Annotated[
        str,
        Meta(
            description="Table Storage endpoint, such as `https://pw.table.core.windows.net`; "
            "reached with the app's identity.",
            extra={"alias": "TABLES__endpoint"},
        ),
    ] = ""
    urgent_queue: Annotated[str, Meta(description="Queue of urgent jobs.")] = "jobs-urgent"
    bulk_queue: Annotated[str, Meta(description="Queue of a sweep's jobs.")] = "jobs-bulk"
    alerts_queue: Annotated[str, Meta(description="Queue of alerts.")] = "alerts"
    events_queue: Annotated[
        str, Meta(description="Queue of registry events that Event Grid delivers to Service Bus.")
    ] = "events"
    sweep_schedule: Annotated[
        str, Meta(description="When the nightly sweep runs (NCRONTAB, UTC).")
    ] = "0 0 2 * * *"
    watch_schedule: Annotated[
        str, Meta(description="When tags in use are compared with the index (NCRONTAB, UTC).")
    ] = "0 */5 * * * *"
    azure_client_id: Annotated[
        str, Meta(description="Client id of the app's user-assigned identity; empty: the default.")
    ] = ""
    subscriptions: Annotated[
        Names, Meta(description="Subscription ids to look at; empty: all that can be read.")
    ] = ()
    registries: Annotated[
        Names, Meta(description="Login servers to look at; empty: all that can be read.")
    ] = ()
    arm_endpoint: Annotated[
        str, Meta(description="Azure Resource Manager, for sovereign clouds.")
    ] = "https://management.azure.com"
    graph_endpoint: Annotated[str, Meta(description="Microsoft Graph, for sovereign clouds.")] = (
        "https://graph.microsoft.com"
    )
    logs_endpoint: Annotated[
        str, Meta(description="Log Analytics query API, for sovereign clouds.")
    ] = "https://api.loganalytics.io"
    dns_server: Annotated[
        str,
        Meta(description="Resolver (`address` or `address:port`) for name checks; empty: system."),
    ] = ""
    teams_webhook_url: Annotated[
        str, Meta(description="Workflows webhook of a Teams channel.", extra=SECRET)
    ] = ""
    webhook_url: Annotated[
        str,
        Meta(description="Where a program of yours takes alerts as signed JSON.", extra=SECRET),
    ] = ""
    webhook_secret: Annotated[
        str,
        Meta(description="What they are signed with: 16 characters or more.", extra=SECRET),
    ] = ""
    smtp_host: Annotated[str, Meta(description="SMTP server for mail.")] = ""
    smtp_port: Annotated[
        int, Meta(description="Its port; on 465 the connection begins with TLS.", ge=1, le=65535)
    ] = 587
    smtp_starttls: Annotated[
        bool, Meta(description="Whether to insist on STARTTLS, on any port but 465.")
    ] = True
    smtp_user: Annotated[str, Meta(description="SMTP user; empty: none.")] = ""
    smtp_password: Annotated[str, Meta(description="SMTP password.", extra=SECRET)] = ""
    acs_endpoint: Annotated[
        str,
        Meta(description="Communication Services endpoint for mail, with the app's identity."),
    ] = ""
    mail_from: Annotated[str, Meta(description="Sender of mail.")] = ""
    mail_to: Annotated[Names, Meta(description="Receivers of mail.")] = ()
    public_url: Annotated[
        str, Meta(description="Where people reach the dashboard; put into alerts.")
    ] = ""
    discovery_minutes: Annotated[
        float, Meta(description="How often workloads are discovered anew (min).", ge=1, le=1440)
    ] = 15.0
    watch_list_minutes: Annotated[
        float,
        Meta(
            description="How long the watch trusts that a repository of several pages did not "
            "change by its counts; 0: it lists every time (min).",
            ge=0,
            le=1440,
        ),
    ] = 60.0
    cache_seconds: Annotated[
        float, Meta(description="How long what was read of Azure is reused (s).", ge=0, le=60)
    ] = 45.0
    check_budget_seconds: Annotated[
        float,
        Meta(description="On-demand checks answer 202 after this (s).", ge=1, le=200),
    ] = 20.0
    request_timeout_seconds: Annotated[
        float, Meta(description="How long one request may take (s).", ge=1, le=120)
    ] = 15.0
    retry_attempts: Annotated[
        int, Meta(description="Tries of one request, the first included.", ge=1, le=10)
    ] = 3
    retry_after_cap_seconds: Annotated[
        float, Meta(description="Longest Retry-After that is waited for (s).", ge=0, le=60)
    ] = 10.0
    breaker_failures: Annotated[
        int, Meta(description="Failures in a row that open a dependency's breaker.", ge=1, le=100)
    ] = 5
    breaker_seconds: Annotated[
        float, Meta(description="How long a breaker stays open (s).", ge=0.1, le=600)
    ] = 30.0
    urgent_connections: Annotated[
        int, Meta(description="Connections at once for urgent work.", ge=1, le=200)
    ] = 32
    bulk_connections: Annotated[
        int, Meta(description="Connections at once for sweeps.", ge=1, le=200)
    ] = 16
    job_attempts: Annotated[
        int, Meta(description="Tries of one job before it is given up.", ge=1, le=20)
    ] = 6
    alert_hold_seconds: Annotated[
        float,
        Meta(description="How long a new incident is held back (s).", ge=0, le=900),
    ] = 0.0
    report_wait_minutes: Annotated[
        float, Meta(description="When a sweep is reported although incomplete (min).", ge=1, le=600)
    ] = 60.0

    protect_mode: Annotated[
        ProtectMode,
        Meta(
            description="`off`, or `lock`: lock deployed images that a clean-up visits against "
            "deletion; the plan is shown in either mode."
        ),
    ] = ProtectMode.OFF
    protect_release: Annotated[
        bool,
        Meta(description="Whether to release own locks once an image is no longer deployed."),
    ] = False

    def __repr__(self) -> str:
        """Without values that are secret: a settings object may end up in a log."""
        shown = (
            f"{name}={'(secret)' if is_secret(name) and value else repr(value)}"
            for name, value in msgspec.structs.asdict(self).items()
        )
        return f"Settings({', '.join(shown)})"


def variable(name: str) -> str:
    """The environment variable of a field."""
    return str((_meta(name).extra or {}).get("alias", name.upper()))


def is_secret(name: str) -> bool:
    """Whether a field's value may never be shown."""
    return bool((_meta(name).extra or {}).get("secret", False))


def describe(name: str) -> str:
    """What a field is for."""
    return _meta(name).description or ""


def read(environment: Mapping[str, str], *, deployed: bool = True) -> Settings:
    """Read all settings. Off Azure (``deployed`` false) no storage and no queue are needed.

    Raises:
        SettingsError: every missing and every wrong setting at once.

    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    hints = get_type_hints(Settings, include_extras=True)
    for name, text in _given(environment):
        try:
            values[name] = _convert(text, hints[name])
        except msgspec.ValidationError as why:
            shown = "(secret)" if is_secret(name) else repr(text[:80])
            problems.append(f"{variable(name)} = {shown}: {why}")
    settings = Settings(**values)
    problems += _missing(settings) if deployed else []
    if problems:
        raise SettingsError(problems)
    return settings


def _meta(name: str) -> Meta:
    hint = get_type_hints(Settings, include_extras=True)[name]
    return next(extra for extra in get_args(hint) if isinstance(extra, Meta))


def _given(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in Settings.__struct_fields__:
        text = environment.get(variable(name), "").strip()
        if text:
            yield name, text


def _convert(text: str, hint: Any) -> Any:
    if get_args(hint)[0] is Names:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return msgspec.convert(text, hint, strict=False)


def _missing(settings: Settings) -> Iterator[str]:
    if not (settings.service_bus or settings.service_bus_namespace):
        yield f"set SERVICE_BUS or {variable('service_bus_namespace')}"
    if not (settings.tables or settings.tables_endpoint):
        yield f"set TABLES or {variable('tables_endpoint')}"
    if settings.smtp_host or settings.acs_endpoint:
        if not settings.mail_to:
            yield "set MAIL_TO: mail is configured but nobody receives it"
        if not settings.mail_from:
            yield "set MAIL_FROM: mail is configured but has no sender"
    for name in ("teams_webhook_url", "webhook_url"):
        url = getattr(settings, name)
        if url and not may_be_posted_to(url):  # such as a reference that did not resolve
            expected = "expected an https address (http only on this machine)"
            yield f"{variable(name)} = (secret): {expected}"
    if settings.webhook_url and len(settings.webhook_secret) < SHORTEST_SECRET:
        yield f"set WEBHOOK_SECRET, {SHORTEST_SECRET} characters or more: alerts are signed with it"


def may_be_posted_to(url: str) -> bool:
    """Whether alerts may go there: nobody on the way may read them."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))
