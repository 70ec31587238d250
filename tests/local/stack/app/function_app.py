"""A small app that touches every wire of the stack, by settings alone."""

import json
import os

import aiohttp
import azure.functions as func
from azure.data.tables.aio import TableServiceClient
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient
from yarl import URL

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.route(route="api/settings", auth_level=func.AuthLevel.ANONYMOUS)
async def settings(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps({name: os.environ.get(name) for name in req.params}))


@app.route(route="api/rows/{row}", methods=["PUT"])
async def put(req: func.HttpRequest) -> func.HttpResponse:
    async with TableServiceClient.from_connection_string(os.environ["TABLES"]) as tables:
        table = await tables.create_table_if_not_exists("rows")
        await table.upsert_entity({"PartitionKey": "p", "RowKey": req.route_params["row"]})
    return func.HttpResponse(status_code=204)


@app.route(route="api/rows", methods=["GET"])
async def rows(req: func.HttpRequest) -> func.HttpResponse:
    del req
    async with TableServiceClient.from_connection_string(os.environ["TABLES"]) as tables:
        found = [row["RowKey"] async for row in tables.get_table_client("rows").list_entities()]
    return func.HttpResponse(json.dumps(found))


@app.event_grid_trigger(arg_name="event")
async def registry_event(event: func.EventGridEvent) -> None:
    target = event.get_json()["target"]
    job = f"{event.event_type} {target['repository']} {target.get('digest', '')}"
    async with ServiceBusClient.from_connection_string(os.environ["SERVICE_BUS"]) as bus:
        sender = bus.get_queue_sender(os.environ["URGENT_QUEUE"])
        await sender.send_messages(ServiceBusMessage(job))


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="%URGENT_QUEUE%", connection="SERVICE_BUS"
)
async def announce(message: func.ServiceBusMessage) -> None:
    block = {"type": "TextBlock", "text": message.get_body().decode()}
    card = {"type": "AdaptiveCard", "version": "1.4", "body": [block]}
    kind = "application/vnd.microsoft.card.adaptive"
    body = {"type": "message", "attachments": [{"contentType": kind, "content": card}]}
    url = URL(os.environ["TEAMS_WEBHOOK_URL"], encoded=True)
    async with aiohttp.ClientSession(trust_env=True, raise_for_status=True) as http:
        await http.post(url, json=body)
