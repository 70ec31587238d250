"""One announcement: say it through its channel, once, as things are now."""

import asyncio
import logging
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from shared.adapters.queue import Outgoing
from shared.adapters.store.ledger import Delivery, Note, NoteKind
from shared.domain.alerts import Alert, Announcement, Topic, announcement_id, for_channel
from shared.domain.findings import Outcome
from shared.domain.incidents import Incident, Transition, is_due
from shared.domain.reports import Report
from shared.notify.base import Channel, DeliveryError, UnansweredError
from shared.notify.words import line
from shared.pipeline import cut_off
from shared.pipeline.services import Services

log = logging.getLogger(__name__)
ATTEMPTS = 12
SOON = 1.0
"""Seconds of waiting for a turn that are not worth another message."""
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)


class UndeliverableError(Exception):
    """An alert was given up; its message goes to the dead letters, where operators hear of it."""


async def on_alert(services: Services, body: bytes, message_id: str | None) -> None:
    """A message of the alerts queue. A malformed one is recorded and done with."""
    try:
        announcement = msgspec.json.decode(body, type=Announcement)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as why:
        nameless = message_id or "without an id"
        await _note(services, NoteKind.MESSAGE_MALFORMED, nameless, str(why))
        return
    channel = services.channel(announcement.channel)
    if channel is None:
        gone = f"the channel {announcement.channel[:80]!r} is not configured any more"
        await _note(services, NoteKind.DELIVERY_FAILED, announcement.id, gone)
        return
    if not await _is_turn(services, channel, announcement):
        return
    alert = await compose(services, announcement)
    if alert is None:
        log.info("announcement %s has nothing to say any more", announcement.id)
        return
    await deliver(services, channel, alert, announcement)


async def compose(services: Services, announcement: Announcement) -> Alert | None:
    """The alert as things are now, or None where it is no longer news."""
    if announcement.topic is Topic.CUT_OFF:
        return await _cut_off_alert(services, announcement)
    if announcement.topic is Topic.OPERATOR:
        return _alert(services, announcement, "Pullwatch needs an operator", Outcome.WARN)
    if announcement.topic is Topic.REPORT:
        report = await services.store.sweeps.find_report(announcement.about)
        return _report_alert(services, announcement, report) if report else None
    incident = await services.store.incidents.get(announcement.about)
    if incident is None or not is_news(incident, announcement, services.now()):
        return None
    if announcement.transition is Transition.RESOLVED and not await _begun(services, announcement):
        return None
    return _incident_alert(services, announcement, incident)


async def _begun(services: Services, end: Announcement) -> bool:
    """Whether the channel heard, or may have heard, of the beginning of what ended."""
    opened = announcement_id(end.about, Transition.OPENED, end.episode)
    state = await services.store.ledger.delivery(for_channel(opened, end.channel))
    return state is not Delivery.NEW


def is_news(incident: Incident, announcement: Announcement, at: datetime) -> bool:
    """Whether an announcement still holds at a time. Pure.

    An incident that ended before it could be told is not told; a newer update replaces this one
    once it is due itself.
    """
    if announcement.episode != incident.episode:
        return False
    match announcement.transition:
        case Transition.OPENED:
            return incident.open
        case Transition.UPDATED:
            newer = incident.told.updates - announcement.update
            return incident.open and (newer == 0 or (newer == 1 and not is_due(incident.told, at)))
        case Transition.RESOLVED:
            return not incident.open


async def deliver(
    services: Services, channel: Channel, alert: Alert, announcement: Announcement
) -> None:
    """Send one alert. A failed one is sent again later; one that may have arrived never is.

    It is claimed when it is its turn, so that only what was really under way counts as cut off.
    """
    ledger = services.store.ledger
    state = await ledger.claim(announcement.id)
    if state is Delivery.DELIVERED:
        return
    if state is Delivery.INTERRUPTED and alert.topic is not Topic.CUT_OFF:
        await cut_off.remember(services, announcement)
        return
    try:
        await channel.send(replace(alert, maybe_repeated=state is Delivery.INTERRUPTED))
    except UnansweredError as why:
        await _unanswered(services, announcement, why)
    except DeliveryError as why:
        await ledger.not_delivered(announcement.id)
        await _again(services, announcement, why)
    else:
        await ledger.mentioned(channel.name, alert.cut_off)
        await ledger.delivered(announcement.id)
        log.info("alert %s delivered", announcement.id)


async def _is_turn(services: Services, channel: Channel, announcement: Announcement) -> bool:
    """Wait for a turn that comes soon; one that comes later is waited for on the queue.

    A channel that is slow in a mass incident must not hold up the others.
    """
    wait = 0.0 if announcement.booked else channel.book()
    if wait <= SOON:
        await asyncio.sleep(wait)
        return True
    later = replace(announcement, booked=True)
    due = services.now() + timedelta(seconds=wait)
    message = Outgoing(f"{later.id}:{later.attempt}:booked", msgspec.json.encode(later), due)
    await services.queue.send(services.settings.alerts_queue, [message])
    return False


async def _unanswered(services: Services, announcement: Announcement, why: UnansweredError) -> None:
    """What may have arrived is named in a notice; that notice itself may come twice."""
    log.warning("alert %s may not have arrived: %s", announcement.id, why)
    if announcement.topic is Topic.CUT_OFF:
        await _again(services, announcement, DeliveryError(str(why)))
        return
    await _note(services, NoteKind.DELIVERY_FAILED, announcement.id, f"not answered: {why}")
    await cut_off.remember(services, announcement)


async def _again(services: Services, announcement: Announcement, why: DeliveryError) -> None:
    log.warning("alert %s not delivered: %s", announcement.id, why)
    await _note(services, NoteKind.DELIVERY_FAILED, announcement.id, str(why))
    if why.permanent or announcement.attempt + 1 >= ATTEMPTS:
        raise UndeliverableError(f"{announcement.channel}: {why}") from why
    delay = min(FIRST_DELAY * 2**announcement.attempt, LONGEST_DELAY)
    asked = timedelta(seconds=why.retry_after or 0)
    later = replace(announcement, attempt=announcement.attempt + 1, booked=False)
    message = Outgoing(
        f"{later.id}:{later.attempt}",
        msgspec.json.encode(later),
        services.now() + min(max(delay, asked), LONGEST_DELAY),
    )
    await services.queue.send(services.settings.alerts_queue, [message])


def _alert(services: Services, about: Announcement, headline: str, outcome: Outcome) -> Alert:
    return Alert(
        id=about.id,
        topic=about.topic,
        transition=about.transition,
        at=about.at,
        headline=headline,
        outcome=outcome,
        notice=about.notice,
        dashboard=services.settings.public_url,
    )


async def _cut_off_alert(services: Services, about: Announcement) -> Alert | None:
    """One notice for everything that was cut off on a channel and still holds."""
    found = await services.store.ledger.all_cut_off(about.channel)
    alerts = [alert for one in found if (alert := await compose(services, one))]
    if not alerts:
        return None
    several = f"{len(alerts):,} alerts were" if len(alerts) > 1 else "An alert was"
    return replace(
        _alert(services, about, f"{several} cut off while being sent", Outcome.WARN),
        items=tuple(map(line, alerts)),
        cut_off=tuple(one.id for one in found),
    )


def _incident_alert(services: Services, about: Announcement, incident: Incident) -> Alert:
    headline = incident.finding.title
    return replace(_alert(services, about, headline, incident.outcome), incident=incident)


def _report_alert(services: Services, about: Announcement, report: Report) -> Alert:
    failing = report.counts[Outcome.FAIL.label]
    pulls = sum(report.counts.values())
    headline = f"Nightly report: {failing} of {pulls} pulls would fail"
    return replace(_alert(services, about, headline, report.outcome), report=report)


async def _note(services: Services, kind: NoteKind, subject: str, reason: str) -> None:
    note = Note(id=subject, kind=kind, at=services.now(), reason=reason[:500])
    await services.store.ledger.note(note)
