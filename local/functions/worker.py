"""The app, inside Microsoft's own Python runtime: loaded, indexed and invoked.

One app per process and no reload: the runtime keeps its registry in module globals.
"""

import json
import logging
import os
import secrets
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import azure_functions_runtime as runtime  # type: ignore[import-untyped]  # ships no types

from local.functions import protos
from local.functions.errors import StartupError
from local.functions.protos import ParameterBinding, TypedData

_RUNTIME_LOG = logging.getLogger("azure.functions")

type RawBinding = dict[str, Any]


@dataclass(frozen=True)
class RetryPolicy:
    """`@app.retry`. `retries` is -1 for ever; a fixed delay has `shortest == longest`."""

    retries: int
    shortest: timedelta
    longest: timedelta

    def delay(self, retry: int) -> float:
        """Seconds to wait before the given retry (1 is the first)."""
        grown = self.shortest.total_seconds() * 2.0 ** (retry - 1)
        return min(self.longest.total_seconds(), grown)


@dataclass(frozen=True)
class IndexedFunction:
    """A function as the runtime describes it, with its settings still as `%NAME%`."""

    name: str
    id: str
    bindings: tuple[RawBinding, ...]
    retry: RetryPolicy | None = None


@dataclass(frozen=True)
class Call:
    """One call of a function: the value of its trigger parameter, and what the host knows of it."""

    parameter: str
    data: TypedData
    metadata: Mapping[str, TypedData] = field(default_factory=dict)
    retry: int = 0
    retries: int = 0


@dataclass(frozen=True)
class Outcome:
    """What came of a call. `error` is one line, `trace` the Python traceback."""

    ok: bool
    returned: TypedData | None = None
    outputs: Mapping[str, TypedData | None] = field(default_factory=dict)
    error: str = ""
    trace: str = ""


class Worker:
    """The runtime with one app in it."""

    async def load(self, app: Path) -> tuple[IndexedFunction, ...]:
        """Import `function_app.py` of a folder and index its functions.

        The process changes its directory to the app, as the real worker does.
        Raises StartupError with the runtime's own reason.
        """
        sys.path.insert(0, str(app))
        os.chdir(app)
        runtime.start_threadpool_executor()
        body = SimpleNamespace(capabilities={}, function_app_directory=str(app))
        _RUNTIME_LOG.setLevel(logging.CRITICAL)  # its reason comes back in the answer
        answer = await runtime.worker_init_request(_request("worker_init_request", body))
        _RUNTIME_LOG.setLevel(logging.WARNING)
        if answer.result.status != protos.StatusResult.Success:
            raise StartupError(_load_failure(answer.result.exception, app))
        found = await runtime.functions_metadata_request(SimpleNamespace())
        return tuple(_indexed(entry) for entry in found.function_metadata_results or ())

    async def invoke(self, function_id: str, invocation_id: str, call: Call) -> Outcome:
        """Run a function once. What the app raises is in the outcome; nothing is raised."""
        body = SimpleNamespace(
            invocation_id=invocation_id,
            function_id=function_id,
            input_data=[ParameterBinding(call.parameter, call.data)],
            trigger_metadata=dict(call.metadata),
            trace_context=_trace_context(),
            retry_context=SimpleNamespace(
                retry_count=call.retry, max_retry_count=call.retries, exception=None
            ),
        )
        answer = await runtime.invocation_request(_request("invocation_request", body))
        if answer.result.status != protos.StatusResult.Success:
            failure = answer.result.exception
            return Outcome(ok=False, error=failure.message, trace=failure.stack_trace)
        outputs = {output.name: output.data for output in answer.output_data}
        return Outcome(ok=True, returned=answer.return_value, outputs=outputs)


def new_invocation_id() -> str:
    """A fresh id in the form in which the real host writes it."""
    return str(uuid.uuid4())


def _request(name: str, body: SimpleNamespace) -> SimpleNamespace:
    properties = {"protos": protos, "host": "127.0.0.1"}
    return SimpleNamespace(request=SimpleNamespace(**{name: body}), properties=properties)


def _trace_context() -> SimpleNamespace:
    parent = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
    return SimpleNamespace(trace_parent=parent, trace_state="", attributes={})


def _indexed(entry: Any) -> IndexedFunction:
    bindings = tuple(json.loads(raw) for raw in entry.raw_bindings)
    return IndexedFunction(
        entry.name, entry.function_id, bindings, _retry_policy(entry.retry_options)
    )


def _retry_policy(options: Any) -> RetryPolicy | None:
    if options is None:
        return None
    if options.retry_strategy == "fixed_delay":
        shortest = longest = options.delay_interval
    else:
        shortest, longest = options.minimum_interval, options.maximum_interval
    return RetryPolicy(options.max_retry_count, shortest, longest)


def _load_failure(failure: Any, app: Path) -> str:
    """The runtime's reason; where the app's own code raised, the traceback from there on."""
    message = f"the app could not be loaded: {failure.message}"
    _, found, below = failure.stack_trace.partition(f'  File "{app}')
    cause, *_ = below.partition("\n\nDuring handling")  # the runtime raises it once more
    return f"{message}\n{found}{cause}".rstrip()
