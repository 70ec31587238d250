"""What channels are asked to say: alerts about incidents, reports, and the operator's notices."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from shared.domain.findings import Outcome
from shared.domain.incidents import Incident, Transition
from shared.domain.reports import Report


class Topic(StrEnum):
    """What an alert is about."""

    INCIDENT = "incident"
    REPORT = "report"
    OPERATOR = "operator"  # Pullwatch itself has a trouble: a dead letter, an incomplete sweep
    CUT_OFF = "cut-off"  # alerts that may have arrived before the app died: named, not repeated


class Announcement(Struct, frozen=True, kw_only=True):
    """A message on the alerts queue: one alert for one channel.

    It names what to say rather than saying it, so that a channel that was down for an hour
    tells the state of now. ``id`` is deterministic: the same news for a channel is sent once.
    ``update`` numbers an incident's updates: a later one replaces this one. ``booked`` says that
    this message comes when the channel has a turn for it.
    """

    id: str
    channel: str
    topic: Topic
    about: str
    transition: Transition = Transition.OPENED
    episode: int = 1
    update: int = 0
    attempt: int = 0
    booked: bool = False
    at: datetime
    notice: str = ""


def announcement_id(incident: str, transition: Transition, episode: int, update: int = 0) -> str:
    """The id of an announcement about an incident, before its channel's name is added."""
    number = f":{update}" if transition is Transition.UPDATED else ""
    return f"{incident}:{episode}:{transition}{number}"


def for_channel(announcement: str, channel: str) -> str:
    """The id of an announcement through one channel."""
    return f"{announcement}:{channel}"


class Alert(Struct, frozen=True, kw_only=True):
    """One message for one channel, complete: what a channel renders and sends.

    ``dashboard`` is a URL or empty. ``items`` are lines of a list below the notice.
    ``cut_off`` are the ids of the alerts that a notice of that topic names; ``maybe_repeated`` is
    true when that notice itself may have arrived before.
    """

    id: str
    topic: Topic
    transition: Transition
    at: datetime
    headline: str
    outcome: Outcome
    incident: Incident | None = None
    report: Report | None = None
    notice: str = ""
    items: tuple[str, ...] = ()
    cut_off: tuple[str, ...] = ()
    dashboard: str = ""
    maybe_repeated: bool = False
