"""More programs that run a client, and how they show its words."""

# ruff: noqa: E501 - texts stand as they are

import json

from tests.unit.explain.grammar.faults import IMAGE
from tests.unit.explain.grammar.services import Host, event


def iot_edge(text: str) -> str:
    return (
        "Mar 01 09:10:11 edge-1 aziot-edged[2114]: 2026-03-01T09:10:10Z [INFO] - Pulling image via tag "
        f"{IMAGE}...\nMar 01 09:10:11 edge-1 aziot-edged[2114]: 2026-03-01T09:10:11Z [WARN] - container "
        "runtime error\nMar 01 09:10:11 edge-1 aziot-edged[2114]: Caused by:\nMar 01 09:10:11 edge-1 "
        f"aziot-edged[2114]:     HTTP 500 Internal Server Error: {text}"
    )


def iot_edge_of_old(text: str) -> str:
    return (
        '<3> 2026-03-01 09:10:11.540 +00:00 [ERR] - Executing command for operation ["create"] failed.\n'
        "Microsoft.Azure.Devices.Edge.Agent.Edgelet.EdgeletCommunicationException- Message:Error calling "
        f"Create module web: Could not create module web\n\tcaused by: Could not pull image {IMAGE}\n"
        f"\tcaused by: {text}, StatusCode:500, at:   at Microsoft.Azure.Devices.Edge.Agent.Run(String name)"
    )


def batch(text: str) -> str:
    return (
        "Code: ContainerInvalidImage\n\nMessage:\nOne or more container images specified are invalid\n\n"
        f"Values:\nContainerImage - {IMAGE}\nMessage - {text}"
    )


def argo_cd(text: str) -> str:
    return (
        "rpc error: code = Unknown desc = Manifest generation error (cached): `helm pull "
        f"oci://{IMAGE.rpartition(':')[0]} --version 3.14 --destination /tmp/1` failed exit status 1: Error: {text}"
    )


def gitlab(text: str) -> str:
    return (
        f"Using Docker executor with image {IMAGE} ...\nPulling docker image {IMAGE} ...\n"
        f'WARNING: Failed to pull image with policy "always": {text} (manager.go:251:0s)\n'
        f'ERROR: Job failed: failed to pull image "{IMAGE}" with specified policies [always]: {text} (manager.go:251:0s)'
    )


def power_shell(text: str) -> str:
    return (
        f"PS C:\\shop> docker pull {IMAGE}\ndocker.exe : {text}\nAt line:1 char:1\n"
        "+ CategoryInfo          : NotSpecified: (:String) [], RemoteException\n"
        "+ FullyQualifiedErrorId : NativeCommandError"
    )


def compose(text: str) -> str:
    return (
        "[+] Running 0/2\n ⠿ db  Interrupted                                      1.2s\n"
        f" ⠿ web Error                                            1.2s\n{text}"
    )


def buildkit(text: str) -> str:
    return (
        "#1 [internal] load build definition from Dockerfile\n#1 transferring dockerfile: 412B done\n"
        f"#2 [internal] load metadata for {IMAGE}\n#2 ERROR: {text}\n------\n > [internal] load metadata for "
        f"{IMAGE}:\n------\nDockerfile:1\n--------------------\n   1 | >>> FROM {IMAGE}\n   2 |     RUN make\n"
        f"--------------------\n{text}"
    )


def ansible(text: str) -> str:
    body = {
        "changed": False,
        "msg": f"Error pulling image {IMAGE}: 500 Server Error: Internal Server Error ({json.dumps(text)})",
    }
    return f"fatal: [vm-1]: FAILED! => {json.dumps(body)}"


def terraform(text: str) -> str:
    lines = "\n".join(
        f"│ {line}"
        for line in f"Error: Unable to read Docker image into resource: {text}".split("\n")
    )
    return f'╷\n{lines}\n│ \n│   with docker_image.web,\n│   on main.tf line 12, in resource "docker_image" "web":\n╵'


def nomad(text: str) -> str:
    return (
        f"2026-03-01T09:10:11Z  Driver Failure   Failed to pull `{IMAGE}`: API error (500): {text}"
    )


def controller(text: str) -> str:
    line = {
        "level": "error",
        "ts": "2026-03-01T09:10:11Z",
        "msg": "Reconciler error",
        "controller": "ocirepository",
        "error": text,
    }
    return json.dumps(line)


def condition(text: str) -> str:
    quoted = event(text).replace("'", "''")
    return (
        "  containerStatuses:\n  - image: web\n    state:\n      waiting:\n"
        f"        message: '{quoted}'\n        reason: ErrImagePull"
    )


def watched(text: str) -> str:
    return f"5m12s       Warning   Failed      pod/web-7d9f-x2k   {event(text)}"


RUNNERS = (
    Host("IoT Edge", ("docker", "docker of old"), iot_edge),
    Host("IoT Edge of old", ("docker", "docker of old"), iot_edge_of_old),
    Host("Batch", ("docker",), batch),
    Host("Argo CD", ("helm and oras",), argo_cd),
    Host("GitLab", ("docker", "docker 29"), gitlab),
    Host("PowerShell", ("docker", "docker of old"), power_shell),
    Host("compose", ("docker", "docker 29"), compose),
    Host("a build's log", ("BuildKit",), buildkit),
    Host("Ansible", ("docker",), ansible),
    Host("Terraform", ("docker",), terraform),
    Host("Nomad", ("docker of old",), nomad),
    Host("a controller's log", ("crane", "helm and oras"), controller),
    Host("a condition", ("containerd", "CRI-O"), condition),
    Host("kubectl get events", ("containerd", "docker"), watched),
)
