"""A small app with every trigger that the host serves; what it sees goes to the file in SEEN."""

import asyncio
import json
import os
import time
from typing import Any

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
ANONYMOUS = func.AuthLevel.ANONYMOUS


def note(**fields: Any) -> None:
    """Append one line to the file in SEEN."""
    line = json.dumps({"at": time.time(), **fields}, default=str)
    with open(os.environ["SEEN"], "a", encoding="utf-8") as file:  # noqa: PTH123 (one small append)
        file.write(line + "\n")


@app.route(route="/", auth_level=ANONYMOUS)
async def home(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(f"home of {req.method}", mimetype="text/html")


@app.route(route="api/items/{category}/{id:int?}", methods=["GET", "POST"], auth_level=ANONYMOUS)
async def item(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    content = {
        "function": context.function_name,
        "invocation": context.invocation_id,
        "route": dict(req.route_params),
        "query": dict(req.params),
        "header": req.headers.get("X-Demo"),
        "body": req.get_body().decode(),
    }
    headers = {"ETag": '"abc"'}
    return func.HttpResponse(
        json.dumps(content), status_code=201, mimetype="application/json", headers=headers
    )


@app.route(route="api/guarded")
def guarded(req: func.HttpRequest) -> str:
    return f"{os.environ['GREETING']} {req.params.get('who', '')}".strip()


@app.route(route="api/locked", auth_level=func.AuthLevel.ADMIN)
async def locked(req: func.HttpRequest) -> str:
    return f"admin {req.method}"


@app.route(route="api/switched", auth_level=ANONYMOUS)
async def switched(req: func.HttpRequest) -> str:
    return f"off {req.method}"


@app.route(route="api/broken", auth_level=ANONYMOUS)
async def broken(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError(f"broken on purpose: {req.method}")


@app.route(route="api/nothing", auth_level=ANONYMOUS)
async def nothing(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 (bound by name)
    return None  # type: ignore[return-value]


@app.route(route="api/slow", auth_level=ANONYMOUS)
async def slow(req: func.HttpRequest) -> str:
    note(function="slow", state="begun")
    await asyncio.sleep(float(req.params["seconds"]))
    return "done"


@app.route(route="api/cookies", auth_level=ANONYMOUS)
async def cookies(req: func.HttpRequest) -> func.HttpResponse:
    answer = func.HttpResponse(req.method)
    answer.headers.add("Set-Cookie", "a=1; Path=/; HttpOnly; SameSite=Lax; Max-Age=60")
    answer.headers.add("Set-Cookie", "b=2; Expires=Thu, 12 Jan 2034 13:55:08 GMT; Secure")
    return answer


@app.event_grid_trigger(arg_name="event")
async def on_event(event: func.EventGridEvent) -> None:
    note(function="on_event", id=event.id, type=event.event_type, data=event.get_json())
    if event.id == "bad":
        raise ValueError("this event fails")


@app.event_grid_trigger(arg_name="event")
async def on_cloud_event(event: func.CloudEvent) -> None:
    note(function="on_cloud_event", id=event.id, type=event.type, source=event.source)


@app.timer_trigger(schedule="%TICK_SCHEDULE%", arg_name="timer")
async def tick(timer: func.TimerRequest) -> None:
    note(function="tick", past_due=timer.past_due, status=getattr(timer, "schedule_status", None))
    await asyncio.sleep(float(os.environ.get("TICK_SECONDS", "0")))
    note(function="tick", state="ended")


@app.timer_trigger(schedule="0 0 0 1 1 *", arg_name="timer", run_on_startup=True)
@app.retry(strategy="fixed_delay", max_retry_count="2", delay_interval="00:00:00")
async def at_start(timer: func.TimerRequest, context: func.Context) -> None:
    retry = context.retry_context.retry_count
    note(function="at_start", retry=retry, past_due=timer.past_due)
    if retry == 0:
        raise RuntimeError("the first run fails, the retry policy runs it again")


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="%JOBS_QUEUE%", connection="SERVICE_BUS"
)
async def on_job(message: func.ServiceBusMessage) -> None:
    body = message.get_body().decode()
    started = time.time()
    note(
        function="on_job",
        body=body,
        id=message.message_id,
        delivery_count=message.delivery_count,
        properties=message.application_properties,
        correlation_id=message.correlation_id,
        subject=message.subject,
        enqueued=message.enqueued_time_utc,
        expires=message.expires_at_utc,
        started=started,
    )
    if body.startswith("sleep "):
        await asyncio.sleep(float(body.split()[1]))
    if body.startswith("fail"):
        raise RuntimeError("this job fails")
    note(function="on_job", body=body, state="ended")


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="%JOBS_QUEUE%/$DeadLetterQueue", connection="SERVICE_BUS"
)
async def on_dead_letter(message: func.ServiceBusMessage) -> None:
    note(
        function="on_dead_letter",
        body=message.get_body().decode(),
        id=message.message_id,
        properties=message.application_properties,
    )
