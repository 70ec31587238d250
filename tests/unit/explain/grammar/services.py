"""Around a client's words: what runs the client, and the log that they stand in."""

# ruff: noqa: E501 - texts stand as they are

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.unit.explain.grammar.clients import TOKEN
from tests.unit.explain.grammar.faults import AUTHORIZATION, IMAGE

ANONYMOUS = (
    f'failed to pull and unpack image "{IMAGE}": failed to resolve reference "{IMAGE}": failed to '
    f"authorize: failed to fetch anonymous token: unexpected status from GET request to {TOKEN}: "
    "401 Unauthorized"
)
OAUTH = ANONYMOUS.replace("anonymous", "oauth")
RPC = "rpc error: code = {} desc = {}"


@dataclass(frozen=True)
class Host:
    """What runs the clients named, and how it shows their words; ``plain`` adds no other try."""

    name: str
    clients: tuple[str, ...]
    shows: Callable[[str], str]


def _escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


def event(text: str) -> str:
    return f'Failed to pull image "{IMAGE}": {RPC.format("Unknown", text)}'


def several(text: str) -> str:
    tries = (RPC.format("NotFound", text), RPC.format("Unknown", ANONYMOUS))
    return f'Failed to pull image "{IMAGE}": [{", ".join(tries)}]'


def third(text: str) -> str:
    """From kubelet 1.33 on some tries come without ``rpc error``."""
    return f'Failed to pull image "{IMAGE}": [{OAUTH}, {text}, {ANONYMOUS}]'


def describe(text: str) -> str:
    return (
        "Events:\n  Type     Reason   Age                From     Message\n"
        "  Normal   Pulling  20s (x3 over 61s)  kubelet  Pulling image\n"
        f"  Warning  Failed   20s (x3 over 61s)  kubelet  {event(text)}\n"
        "  Warning  Failed   20s (x3 over 61s)  kubelet  Error: ErrImagePull\n"
        f'  Normal   BackOff  5s (x5 over 60s)   kubelet  Back-off pulling image "{IMAGE}"\n'
        "  Warning  Failed   5s (x5 over 60s)   kubelet  Error: ImagePullBackOff"
    )


def kubelet_log(text: str) -> str:
    inner = _escaped(RPC.format("Unknown", text))
    start = f'failed to "StartContainer" for "web" with ErrImagePull: "{inner}"'
    return (
        "Mar 01 09:10:11 aks-nodes-12 kubelet[811]: E0301 09:10:11.412 811 pod_workers.go:1301] "
        f'"Error syncing pod, skipping" err="{_escaped(start)}" pod="shop/web-7d" podUID="8e"'
    )


def backoff(text: str) -> str:
    return f'Back-off pulling image "{IMAGE}": ErrImagePull: {RPC.format("Unknown", text)}'


def app_service(text: str) -> str:
    return (
        f"2026-03-01T09:10:10.001Z INFO  - Pulling image: {IMAGE}\n"
        "2026-03-01T09:10:11.002Z ERROR - DockerApiException: Docker API responded with status "
        f"code=InternalServerError, response={json.dumps({'message': text})}\n\n"
        f"2026-03-01T09:10:11.003Z ERROR - Pulling docker image {IMAGE} failed:\n"
        "2026-03-01T09:10:11.004Z WARN  - Image pull failed. Defaulting to local copy if present.\n"
        "2026-03-01T09:10:11.005Z ERROR - Image pull failed: Verify docker image configuration and "
        "credentials (if using private repository)\n"
        "2026-03-01T09:10:11.006Z INFO  - Stopping site web because it failed during startup."
    )


def app_service_twice(text: str) -> str:
    head = IMAGE.replace("azurecr.io/", "azurecr.io/v2/").replace(":v", "/manifests/v")
    again = json.dumps({"message": f'Head "https://{head}": unauthorized: {AUTHORIZATION}'})
    return app_service(text) + (
        f"\n2026-03-01T09:10:12.001Z INFO  - Pulling image from Docker hub: {IMAGE}\n"
        "2026-03-01T09:10:12.002Z ERROR - DockerApiException: Docker API responded with status "
        f"code=InternalServerError, response={again}"
    )


def container_app(text: str) -> str:
    text = text.replace(
        "GET https://wingtip.azurecr.io/v2/store/web-front/manifests/v3.14", "GET https:"
    )
    return (
        "ERROR: (InvalidParameterValueInContainerTemplate) The following field(s) are either invalid"
        " or missing. Field 'template.containers.web.image' is invalid with details: 'Invalid value:"
        f' "{IMAGE}": {text}\';.'
    )


def system_log(text: str) -> str:
    return json.dumps(
        {
            "TimeStamp": "2026-03-01 09:10:11 +0000 UTC",
            "Type": "Warning",
            "ContainerAppName": "web",
            "ReplicaName": "web--1-5",
            "Msg": f"Failed to pull image '{IMAGE}': {text}",
            "Reason": "Failed",
            "Count": 3,
        }
    )


def container_instance(text: str) -> str:
    body = {
        "error": {
            "code": "RegistryErrorResponse",
            "message": f"An error response is received from the docker registry. {text}",
        }
    }
    return f"Deployment failed. Correlation ID: 3f8a0c1e-1111-2222. {json.dumps(body)}"


def acr_task(text: str) -> str:
    return (
        "2026/03/01 09:10:09 Logging in to registry: wingtip.azurecr.io\n"
        "2026/03/01 09:10:10 Successfully logged into wingtip.azurecr.io\n"
        "2026/03/01 09:10:10 Executing step ID: build. Timeout(sec): 28800, Working directory: ''\n"
        f"Step 1/6 : FROM {IMAGE}\n{text}\n"
        "2026/03/01 09:10:12 Container failed during run: build. No retries remaining.\n"
        "failed to run step ID: build: exit status 1\n\nRun ID: ca1 failed after 4s. Error: failed "
        "during run, err: exit status 1"
    )


def actions(text: str) -> str:
    return (
        f"2026-03-01T09:10:10.1Z ##[group]Run docker pull {IMAGE}\n2026-03-01T09:10:10.2Z \x1b[36;1m"
        f"docker pull {IMAGE}\x1b[0m\n2026-03-01T09:10:11.0Z \x1b[31m{text}\x1b[0m\n"
        "2026-03-01T09:10:11.1Z ##[error]Process completed with exit code 1."
    )


def pipelines(text: str) -> str:
    return (
        "2026-03-01T09:10:10.1234567Z ##[section]Starting: Docker\r\n2026-03-01T09:10:11.5Z "
        f"##[error]{text}\r\n2026-03-01T09:10:11.6Z ##[error]The process '/usr/bin/docker' failed "
        "with exit code 1\r\n"
    )


def logged(text: str) -> str:
    return json.dumps({"log": json.dumps({"level": "error", "msg": text}), "stream": "stderr"})


IN_PODS = ("containerd", "containerd 2", "CRI-O", "docker")
ON_CONSOLES = (
    "docker",
    "docker of old",
    "docker 29",
    "BuildKit",
    "podman",
    "skopeo",
    "crane",
    "helm and oras",
)

HOSTS = (
    Host("console", ON_CONSOLES, str),
    Host("kubelet", IN_PODS, event),
    Host("kubelet, two tries", IN_PODS, several),
    Host("kubelet, three tries", ("containerd", "containerd 2"), third),
    Host("kubectl describe", IN_PODS, describe),
    Host("kubelet's log", IN_PODS, kubelet_log),
    Host("kubelet, back-off", ("containerd 2",), backoff),
    Host("App Service", ("docker", "docker of old"), app_service),
    Host("App Service, two tries", ("docker", "docker of old"), app_service_twice),
    Host("Container Apps", ("crane",), container_app),
    Host("Container Apps, system log", ("containerd", "crane"), system_log),
    Host("Container Instances", ("docker",), container_instance),
    Host("ACR Tasks", ("docker", "BuildKit"), acr_task),
    Host("GitHub Actions", ("docker", "BuildKit", "podman"), actions),
    Host("Azure Pipelines", ("docker", "docker 29", "BuildKit"), pipelines),
    Host("a log in JSON", ("docker", "containerd 2", "skopeo"), logged),
)
