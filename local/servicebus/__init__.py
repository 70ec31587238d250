"""A local Azure Service Bus: queues over AMQP 1.0 for the unmodified SDK.

The client uses the connection string of the SDK's emulator support (azure-servicebus 7.14 and
later): plain TCP, any key. What is here: peek-lock and receive-and-delete, lock renewal, all ways
of settling, dead-letter sub-queues, scheduled and deferred messages, time to live, duplicate
detection, peeking, and a SQLite file that outlives a killed process. What is not: topics, sessions,
transactions, the administration API.

`queue` holds the rules of the service, `amqp` the wire, `server` joins the two.
"""

from local.servicebus.broker import QueueCounts
from local.servicebus.config import QueueConfig
from local.servicebus.running import RunningBroker, connection_string, running_broker

__all__ = [
    "QueueConfig",
    "QueueCounts",
    "RunningBroker",
    "connection_string",
    "running_broker",
]
