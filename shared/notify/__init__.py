"""Channels: where people read alerts."""

from shared.notify.acs import CommunicationServices
from shared.notify.base import Channel
from shared.notify.smtp import Smtp
from shared.notify.teams import Teams
from shared.notify.webhook import Webhook
from shared.settings import Settings

CHANNELS: tuple[type[Channel], ...] = (Teams, Smtp, CommunicationServices, Webhook)


def channels(settings: Settings) -> tuple[Channel, ...]:
    """The channels that are configured."""
    made = (kind.from_settings(settings) for kind in CHANNELS)
    return tuple(channel for channel in made if channel)
