"""What wakes the app up. Every function here is one call into shared.pipeline."""

import azure.functions as func

from shared.adapters.letters import letter
from shared.bootstrap import bulk, urgent
from shared.pipeline import announce as announcing
from shared.pipeline import dead_letters, intake, work
from shared.pipeline import sweep as sweeping
from shared.pipeline import watch as watching
from shared.web.routes import blueprint

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(blueprint)


@app.event_grid_trigger(arg_name="event")
async def registry_event(event: func.EventGridEvent) -> None:
    """A registry said that an image was pushed or deleted (either schema)."""
    await intake.on_registry_event(urgent(), event)


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="%EVENTS_QUEUE%", connection="SERVICE_BUS"
)
async def registry_event_queue(message: func.ServiceBusMessage) -> None:
    """The same, where Event Grid puts its events on a queue: switched off where it does not."""
    await intake.on_queued_events(urgent(), message.get_body(), message.message_id)


@app.timer_trigger(arg_name="timer", schedule="%SWEEP_SCHEDULE%", use_monitor=True)
async def sweep(timer: func.TimerRequest) -> None:
    """Time to look at every pull again."""
    _ = timer
    await sweeping.sweep(bulk())


@app.timer_trigger(arg_name="timer", schedule="%WATCH_SCHEDULE%", use_monitor=True)
async def watch(timer: func.TimerRequest) -> None:
    """Time to compare the tags in use with what the index remembers."""
    _ = timer
    await watching.watch(bulk())


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="%URGENT_QUEUE%", connection="SERVICE_BUS"
)
async def diagnose_urgent(message: func.ServiceBusMessage) -> None:
    """An urgent job is due: an event, a tag that vanished, somebody who asks."""
    await work.on_job(urgent(), message.get_body(), message.message_id)


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="%BULK_QUEUE%", connection="SERVICE_BUS"
)
async def diagnose_bulk(message: func.ServiceBusMessage) -> None:
    """A job of a sweep is due."""
    await work.on_job(bulk(), message.get_body(), message.message_id)


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="%ALERTS_QUEUE%", connection="SERVICE_BUS"
)
async def announce(message: func.ServiceBusMessage) -> None:
    """One alert is to be sent through one channel."""
    await announcing.on_alert(urgent(), message.get_body(), message.message_id)


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="%URGENT_QUEUE%/$DeadLetterQueue", connection="SERVICE_BUS"
)
async def dead_letter_urgent(message: func.ServiceBusMessage) -> None:
    """A message of the urgent queue was given up."""
    await dead_letters.on_dead_letter(urgent(), "urgent_queue", letter(message))


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="%BULK_QUEUE%/$DeadLetterQueue", connection="SERVICE_BUS"
)
async def dead_letter_bulk(message: func.ServiceBusMessage) -> None:
    """A message of the bulk queue was given up."""
    await dead_letters.on_dead_letter(urgent(), "bulk_queue", letter(message))


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="%ALERTS_QUEUE%/$DeadLetterQueue", connection="SERVICE_BUS"
)
async def dead_letter_alerts(message: func.ServiceBusMessage) -> None:
    """A message of the alerts queue was given up."""
    await dead_letters.on_dead_letter(urgent(), "alerts_queue", letter(message))


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="%EVENTS_QUEUE%/$DeadLetterQueue", connection="SERVICE_BUS"
)
async def dead_letter_events(message: func.ServiceBusMessage) -> None:
    """A message of the events queue was given up."""
    await dead_letters.on_dead_letter(urgent(), "events_queue", letter(message))
