"""Starting, refusing to start, and ending."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.local.functions.conftest import StartHost
from tests.local.functions.processes import ROOT, WITHOUT_QUEUES, HostProcess

HEAD = """
import azure.functions as func
app = func.FunctionApp()
"""
TIMER = """
@app.timer_trigger(arg_name='t', schedule='{}')
def tick(t: func.TimerRequest) -> None: ...
"""
QUEUE = """
@app.service_bus_queue_trigger(arg_name='m', queue_name='{}', connection='{}')
def on_job(m: func.ServiceBusMessage) -> None: ...
"""
HTTP = """
@app.route(route='{}')
def x(req: func.HttpRequest) -> {}: ...
"""
OUTPUT = """
@app.route(route='x')
@app.queue_output(arg_name='out', queue_name='q', connection='C')
def x(req: func.HttpRequest, out: func.Out[str]) -> func.HttpResponse: ...
"""
BLOB = """
@app.blob_trigger(arg_name='b', path='p', connection='C')
def x(b: func.InputStream) -> None: ...
"""


def starting(app: Path, *arguments: str) -> subprocess.Popen[str]:
    """A host that must not start, on its way to saying why."""
    command = [sys.executable, "-m", "local.functions", "--app", str(app), "--port", "0"]
    command += ["--state", str(app / "state"), *arguments]
    env = {**os.environ, "TEXT": "no connection string"}
    pipe = subprocess.PIPE
    return subprocess.Popen(  # noqa: S603 (our own module)
        command, cwd=ROOT, env=env, stdout=pipe, stderr=pipe, text=True
    )


def refusal(process: subprocess.Popen[str]) -> str:
    """What it says in the end."""
    with process:
        try:
            stdout, stderr = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, stdout) == (1, "")
    return stderr


def refused(app: Path, *arguments: str) -> str:
    return refusal(starting(app, *arguments))


def app_with(folder: Path, code: str) -> Path:
    (folder / "host.json").write_text('{"version": "2.0"}')
    (folder / "function_app.py").write_text(HEAD + code)
    return folder


MISTAKES = {
    "a setting that is missing": (
        TIMER.format("%WHEN%"),
        """
        '%WHEN%' does not resolve to a value: the setting WHEN is missing
        (schedule of the timerTrigger binding of function tick)
        """,
    ),
    "a wrong schedule": (
        TIMER.format("0 61 * * * *"),
        """
        the schedule of the timerTrigger binding of function tick:
        '61' is not a value of minutes (0-59)
        """,
    ),
    "a connection that is missing": (
        QUEUE.format("jobs", "NOWHERE"),
        """
        the setting NOWHERE (connection of the serviceBusTrigger binding of function on_job)
        is missing
        """,
    ),
    "a connection that is none": (
        QUEUE.format("jobs", "TEXT"),
        """
        the setting TEXT (connection of the serviceBusTrigger binding of function on_job)
        is no connection string
        """,
    ),
    "a wrong route": (
        HTTP.format("x/{id:odd}", "func.HttpResponse"),
        "the route 'api/x/{id:odd}' has an unknown constraint 'odd'",
    ),
    "an output that is not served": (
        OUTPUT,
        """
        the queue binding of function x is not served by this host:
        use the SDK of the service instead
        """,
    ),
    "a trigger that is not served": (
        BLOB,
        """
        the blobTrigger binding of function x cannot be served here:
        Invalid value 'blobTrigger' - at `$.type`
        """,
    ),
    "what the real runtime refuses": (
        HTTP.format("x", "int"),
        "the app could not be loaded: FunctionLoadError: cannot load the x function: Python return",
    ),
    "two functions of one name": (
        TIMER.format("0 0 0 1 1 *") * 2,
        """
        the app could not be loaded: ValueError: Function tick does not have a unique function name.
        """,
    ),
    "no functions": ("", "no functions found: function_app.py is missing or registers none"),
}


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What hosts say of each mistake; all of them start at once."""
    processes = {
        mistake: starting(app_with(tmp_path_factory.mktemp("mistake"), code))
        for mistake, (code, _) in MISTAKES.items()
    }
    return {mistake: refusal(process) for mistake, process in processes.items()}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_of_the_app_end_with_one_plain_message(
    refusals: dict[str, str], mistake: str
) -> None:
    _, message = MISTAKES[mistake]
    said = refusals[mistake].splitlines()
    (line,) = (line for line in said if " WARNING " not in line)  # azure-functions has its own
    assert line.startswith(" ".join(message.split()))


def test_an_import_that_fails_shows_where(tmp_path: Path) -> None:
    said = refused(app_with(tmp_path, "import nothing_of_that_name"))
    assert said.startswith("the app could not be loaded: ModuleNotFoundError:")
    assert "function_app.py" in said
    assert "azure_functions_runtime" not in said, "where the app went wrong, not how it got there"


def test_a_folder_without_host_json_is_no_app(tmp_path: Path) -> None:
    assert "has no host.json: is it the folder of a Functions app?" in refused(tmp_path)
    assert "is not a folder" in refused(tmp_path / "nowhere")


def test_a_busy_port_is_named(tmp_path: Path) -> None:
    app = app_with(tmp_path, TIMER.format("0 0 0 1 1 *"))
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        assert f"cannot listen on 127.0.0.1:{port}: " in refused(app, "--port", str(port))


def test_ready_line_names_port_and_enabled_functions(host: HostProcess) -> None:
    assert host.ready["ready"] is True
    assert host.ready["port"] > 0
    assert "tick" in host.ready["functions"]
    assert not {"on_job", "switched"} & set(host.ready["functions"])


async def test_sigterm_waits_for_running_requests(start_host: StartHost) -> None:
    host = start_host(WITHOUT_QUEUES)
    asking = asyncio.create_task(host.ask("GET", "/api/slow?seconds=0.5"))
    await host.noted("slow")
    code = await asyncio.to_thread(host.stop)
    assert (code, (await asking).text) == (0, "done")


def test_the_host_ends_with_its_parent(start_host: StartHost) -> None:
    host = start_host(WITHOUT_QUEUES)
    assert host.process.stdin is not None
    host.process.stdin.close()
    assert host.process.wait(timeout=30) == 0


def test_interrupt_ends_it_in_order(start_host: StartHost) -> None:
    host = start_host(WITHOUT_QUEUES)
    host.process.send_signal(signal.SIGINT)
    assert host.process.wait(timeout=30) == 0


def test_keys_may_be_given(tmp_path: Path, start_host: StartHost) -> None:
    keys = {"masterKey": "given", "functionKeys": {}, "systemKeys": {}}
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    assert start_host(WITHOUT_QUEUES).keys.master_key == "given"
