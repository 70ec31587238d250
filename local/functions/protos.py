"""Stand-ins for the gRPC messages that `azure-functions-runtime` exchanges with a host.

The runtime is handed this module with every request and only reads attributes and calls the
constructors, so neither grpc nor protobuf is needed. The names are those of Microsoft's
`FunctionRpc.proto`; only what runtime 1.3.0 touches is here.
"""

from types import SimpleNamespace
from typing import Final


class Message(SimpleNamespace):
    """A record with the attributes it was given; the others raise AttributeError, as unset ones."""


class TypedData(Message):
    """A value that crosses the border: one of `string`, `bytes`, `json`, `http`..., or none."""

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 (the name in protobuf)
        """The name of the field that is set, or None."""
        return next(iter(vars(self)), None)


class ParameterBinding:
    """A value for, or from, a parameter of a function."""

    def __init__(self, name: str, data: TypedData | None = None) -> None:
        self.name = name
        self.data = data

    def WhichOneof(self, _group: str) -> str:  # noqa: N802 (the name in protobuf)
        """Always `data`; the other variant is shared memory."""
        return "data"


class RpcHttp(Message):
    """An HTTP request (method, url, params, query...) or response (status_code, cookies...)."""

    def __init__(self, **fields: object) -> None:
        defaults = {"status_code": "", "headers": {}, "params": {}, "query": {}, "cookies": []}
        super().__init__(**{"method": "", "url": "", "body": TypedData(), **defaults, **fields})


class RpcHttpCookie(Message):
    """A cookie of a response; optional attributes are nullable messages with a `value`."""

    SameSite: Final = SimpleNamespace(**{"None": 0, "Lax": 1, "Strict": 2, "ExplicitNone": 3})


class BindingInfo(Message):
    """What the runtime says of a binding; the constants are those of its enumerations."""

    undefined, string, binary, stream = range(4)
    out, inout = 1, 2


class StatusResult(Message):
    """The outcome of a request; `exception` is an RpcException when it failed."""

    Failure, Success, Cancelled = range(3)


class NullableString(Message):
    """`value: str`."""


class NullableBool(Message):
    """`value: bool`."""


class NullableDouble(Message):
    """`value: float`."""


class NullableTimestamp(Message):
    """`value: Timestamp`."""


class Timestamp(Message):
    """`seconds: int` since 1970."""


class RpcException(Message):
    """`message` and `stack_trace` of an exception of the app."""


class RpcRetryOptions(Message):
    """`@app.retry`: max_retry_count, retry_strategy, and its intervals as timedeltas."""


class RpcFunctionMetadata(Message):
    """One function: name, function_id, raw_bindings (JSON texts), retry_options..."""


class WorkerMetadata(Message):
    """Versions of the worker."""


class WorkerInitResponse(Message):
    """Answer to `worker_init_request`; its `result` may be a failure."""


class FunctionMetadataResponse(Message):
    """Answer to `functions_metadata_request`."""


class FunctionLoadResponse(Message):
    """Answer to `function_load_request`."""


class InvocationResponse(Message):
    """Answer to `invocation_request`: result, return_value, output_data."""


class FunctionEnvironmentReloadResponse(Message):
    """Answer to `function_environment_reload_request`."""
