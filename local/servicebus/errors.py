"""What the broker refuses, in the words of the service.

The conditions are those that azure-servicebus maps to its exceptions (`_pyamqp_transport.py`);
the status is the one of a management response.
"""


class BrokerError(Exception):
    """A refused operation: an AMQP error condition, a text for people, a management status."""

    def __init__(self, condition: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.condition = condition
        self.description = description
        self.status = status


def entity_not_found(path: str) -> BrokerError:
    """No queue has this name."""
    text = f"The messaging entity '{path}' could not be found."
    return BrokerError("amqp:not-found", text, 404)


def lock_lost() -> BrokerError:
    """The lock expired, or the message was settled before."""
    text = (
        "The lock supplied is invalid. Either the lock expired, or the message has already been"
        " removed from the queue."
    )
    return BrokerError("com.microsoft:message-lock-lost", text, 410)


def message_not_found(sequence_number: int) -> BrokerError:
    """No message with this number is in the state that the operation needs."""
    text = f"Failed to find a message with sequence number {sequence_number}."
    return BrokerError("com.microsoft:message-not-found", text, 404)


def message_too_large(size: int, limit: int) -> BrokerError:
    """A message, or a batch, of more than the queue takes (bytes)."""
    text = f"The received message of {size} bytes exceeds the limit of {limit} bytes."
    return BrokerError("amqp:link:message-size-exceeded", text, 413)


def not_allowed(description: str) -> BrokerError:
    """Something that no queue of this kind does."""
    return BrokerError("amqp:not-allowed", description)


def bad_argument(description: str) -> BrokerError:
    """A request, or a message, that cannot be understood."""
    return BrokerError("com.microsoft:argument-error", description)
