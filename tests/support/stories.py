"""What tests of the pipeline do with a world: let time and messages run their course."""

from collections.abc import Awaitable, Callable

import azure.functions as func

from shared.domain.incidents import Incident
from shared.pipeline.announce import on_alert
from shared.pipeline.work import on_job
from tests.support.fakes import LOGIN_SERVER, REGISTRY, START, World, digest


async def work_off(world: World, *, past_delays: bool = False) -> int:
    """Do what waits in the jobs queues until nothing is due. Returns how many messages."""
    done = 0
    queues = world.settings.urgent_queue, world.settings.bulk_queue
    done += await _work_off(world, queues, on_job, past_delays=past_delays)
    return done


async def speak(world: World, *, past_delays: bool = True) -> int:
    """Send the alerts that wait."""
    queues = (world.settings.alerts_queue,)
    return await _work_off(world, queues, on_alert, past_delays=past_delays)


async def _work_off(
    world: World,
    queues: tuple[str, ...],
    handle: Callable[..., Awaitable[None]],
    *,
    past_delays: bool,
) -> int:
    done = 0
    for _ in range(20):
        due = [(q, m) for q in queues for m in world.queue.take(q)]
        later = [(q, m) for q, m in due if m.due and m.due > world.clock.at and not past_delays]
        for queue, message in later:
            world.queue.sent.setdefault(queue, []).append(message)
        ready = [pair for pair in due if pair not in later]
        if not ready:
            break
        for _, message in ready:
            await handle(world.services, message.body, message.id)
            done += 1
    return done


async def open_incidents(world: World) -> tuple[Incident, ...]:
    """The incidents that are open."""
    return await world.services.store.incidents.open()


def pushed(image: str, seed: int, event_id: str = "e-push") -> func.EventGridEvent:
    """An ImagePushed event in the Event Grid schema."""
    repository, _, tag = image.partition(":")
    target = {"repository": repository, "digest": digest(seed), "tag": tag, "mediaType": "m"}
    return event("Microsoft.ContainerRegistry.ImagePushed", image, target, event_id)


def deleted(repository: str, seed: int, event_id: str = "e-delete") -> func.EventGridEvent:
    """An ImageDeleted event in the Event Grid schema: there is no tag in it."""
    target = {"repository": repository, "digest": digest(seed), "mediaType": "m"}
    return event("Microsoft.ContainerRegistry.ImageDeleted", repository, target, event_id)


def event(kind: str, subject: str, target: dict[str, str], event_id: str) -> func.EventGridEvent:
    """A registry event as the trigger gets it."""
    data: dict[str, object] = {
        "id": event_id,
        "timestamp": START.isoformat(),
        "action": kind,
        "target": target,
        "request": {
            "id": f"r-{event_id}",
            "host": LOGIN_SERVER,
            "method": "DELETE",
            "useragent": "azure-cli",
        },
        "actor": {"name": "mallory@contoso.com"},
    }
    return func.EventGridEvent(
        id=event_id,
        data=data,
        topic=REGISTRY.resource_id,
        subject=subject,
        event_type=kind,
        event_time=START,
        data_version="1.0",
    )
