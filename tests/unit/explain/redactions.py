"""What people do to an error text before they show it: they hide names, and add how it ended."""

import re

_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_HIDDEN = {
    "an address": re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"),
    "a digest": re.compile(r"(?<=sha256:)[0-9a-f]{12,64}"),
    "a number": re.compile(_GUID),
    "a registry": re.compile(r"(?<![\w.-])[\w-]{2,60}(?=\.azurecr\.io)"),
    "a login server": re.compile(r"(?<![\w.-])[\w-]{2,60}\.azurecr\.io(?=[/'\" ])"),
    "a repository": re.compile(r"(?<=\.azurecr\.io/)(?!v2/|oauth2/)[\w./-]{1,90}(?=[:@'\" ])"),
    "a path": re.compile(r"(?<=/v2/)[\w./-]{1,90}(?=/(?:manifests|blobs)/)"),
}
HIDDEN = tuple(_HIDDEN)

MARKS = (
    *("<name>", "<my name>", "<YOUR-NAME>", "***", "xxx", "xxxxxxxx", "x.x.x.x", "[REDACTED]"),
    *("[my name]", "{registry}", "{{ name }}", "MYREGISTRY", "my-name", "...", "\U0001f648", ""),
    *("****", "$NAME", "${NAME}", "%NAME%", "#####", "\u2026", "_____", "(removed)"),
)

CLOSINGS = (
    *("Login failed.", "exit code 1", "Error: Process completed with exit code 1.", "Failed!"),
    *("command failed", "##[error]The process '/usr/bin/docker' failed with exit code 1"),
    *("Command exited with code 1", "make: *** [push] Error 1", "Deployment failed."),
    *("ERROR: Job failed: exit status 1", "Build failed", "Error: Login failed", "Pull failed"),
    *("command terminated with exit code 125", "The operation failed.", "failed", "Denied."),
    *("Authentication failed", "Error: ImagePullBackOff", "login attempt failed with error"),
)


def redacted(text: str, kind: str, mark: str) -> str:
    """The text with all names of one kind hidden; as it was where it has none."""
    return _HIDDEN[kind].sub(lambda _: mark, text)
