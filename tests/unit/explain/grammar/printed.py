"""What people and programs make of a text's lines before it is pasted somewhere."""

import html
import json
import textwrap

from tests.unit.explain.grammar.faults import IMAGE
from tests.unit.explain.grammar.services import Host, event

WINDOW = 88


def window(text: str) -> str:
    """A terminal breaks its lines between words."""
    return textwrap.fill(
        event(text),
        WINDOW,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )


def narrow(text: str) -> str:
    """Other terminals break them anywhere."""
    line = event(text)
    return "\n".join(line[at : at + WINDOW] for at in range(0, len(line), WINDOW))


def mail(text: str) -> str:
    quoted = "\r\n".join(f"> > {line}" for line in event(text).split("\n"))
    return f"Hello all,\r\n\r\nsince Monday we see:\r\n\r\n{quoted}\r\n\r\n> Any idea?\r\n"


def issue(text: str) -> str:
    return (
        f"**What happened**:\n```console\n$ docker pull {IMAGE}\n{text}\n```\n"
        "**What you expected**: that it runs.\n"
    )


def web_page(text: str) -> str:
    return html.escape(event(text))


def java(text: str) -> str:
    body = json.dumps({"message": text})
    return (
        f"09:10:11.002 [main] ERROR c.w.Puller - com.github.dockerjava.api.exception."
        f"InternalServerErrorException: Status 500: {body}\n"
        "\tat com.github.dockerjava.core.DefaultInvocationBuilder.execute(Invocation.java:247)\n"
        "\tat java.base/java.lang.Thread.run(Thread.java:833) ~[?:?]"
    )


def node(text: str) -> str:
    return (
        f"Error: (HTTP code 500) server error - {text} \n"
        "    at /srv/app/node_modules/docker-modem/lib/modem.js:343:17\n"
        "    at IncomingMessage.emit (node:events:538:35)"
    )


def python(text: str) -> str:
    url = f"http+docker://localhost/v1.43/images/create?fromImage={IMAGE}"
    return (
        'Traceback (most recent call last):\n  File "/srv/pull.py", line 12, in <module>\n'
        f"docker.errors.APIError: 500 Server Error for {url}: Internal Server Error "
        f"({json.dumps(text)})"
    )


def dotnet(text: str) -> str:
    return (
        f"Unhandled exception. System.InvalidOperationException: {text}\n"
        "   at Wingtip.Deploy.Puller.PullAsync(String image) in /src/Puller.cs:line 41\n"
        "   --- End of stack trace from previous location ---"
    )


def several_pods(text: str) -> str:
    """Two containers' events in one paste: the other one only waits."""
    other = IMAGE.replace("web-front", "web-back")
    return (
        f'12s  Normal   BackOff  pod/back-1   Back-off pulling image "{other}"\n'
        "12s  Warning  Failed   pod/back-1   Error: ImagePullBackOff\n"
        f"11s  Warning  Failed   pod/front-1  {event(text)}\n"
        "11s  Warning  Failed   pod/front-1  Error: ErrImagePull"
    )


PODS = ("containerd", "docker")

PRINTED = (
    Host("a window that wraps", PODS, window),
    Host("a narrow window", PODS, narrow),
    Host("a mail", PODS, mail),
    Host("an issue", ("docker", "podman"), issue),
    Host("a web page", PODS, web_page),
    Host("Java", ("docker", "docker of old"), java),
    Host("Node", ("docker", "docker of old"), node),
    Host("Python", ("docker",), python),
    Host(".NET", ("docker",), dotnet),
    Host("several pods", ("containerd 2", "CRI-O"), several_pods),
)
