"""The attempts that a text tells of, each as a record: one chain of wrapped errors, read."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct

from shared.explain.chains import chains_in
from shared.explain.lexicon import Sign, Words
from shared.explain.names import Names, Stage, is_hidden, is_masked
from shared.explain.stages import stage_of
from shared.explain.text import FIRST_BODY, MOST_BODIES, Opened

__all__ = ["Attempt", "Stage", "attempts_in"]

MOST = 600
"""Attempts that are read of a text."""

_NAME = "(?: ?[\ue000-\uf8ff])?"
_STATUS = re.compile(
    r"(?<!exit )(?<!exited with )"
    r"(?:status|statuscode|status code|status_code|response code|http/\d(?:\.\d)?|http|error|code)"
    rf"(?: from \w{{1,10}} request to|\s?of)?{_NAME}[\"'=:,\s(]{{1,3}}([1-5]\d\d)(?!\w|\.\d)"
)
_REASON = re.compile(
    r"(?<!\w)([1-5]\d\d)[:\s(]{1,2}(?:unauthorized|forbidden|not found|too many|internal server"
    r"|failed dependency|bad gateway|service unavailable|gateway time|proxy auth|method not"
    r"|the service is)"
)
_REASON_FIRST = re.compile(
    r"(?:unauthorized|forbidden|not found|gateway|unavailable) \(([45]\d\d)\)"
)
_SKIPPED = re.compile(r"\((4\d\d|5\d\d)\)")
_DIAL = re.compile(
    r"(?:dial tcp|(?:read|write) tcp \S{1,80}?->) ?(\[[^\]\s]{1,60}\]|\S{0,100}?)"
    r":\d{1,5}(?!\d)"
)
_LOOKUP = re.compile(
    r"lookup (?!on \S{1,60}:53)(\S{1,260}?)(?: on (\S{1,60}?):(?:53|(?=\s|$))|$|:)"
)
_AADSTS = re.compile(r"aadsts(\d{4,7})")
_EMPTY = (
    *("unknown", "imagepullbackoff", "errimagepull", "exit status 1", "exit status 125"),
    *("error", "err", "failed"),
)
_AROUND = " .,;]})\"'" + "".join(chr(FIRST_BODY + n) for n in range(MOST_BODIES))
_BLOBS = ".blob.core.windows.net"
_DOCKER_HUB = ("docker.io", "docker.com")
_NO_ACCESS = re.compile(
    r"access denied for (\S{1,300}?),|(?<![^\s\"'])([^\s\"'/]{0,99}/\S{1,300}): pull access denied,"
)
_BLANK = "***"
_RETRY = "from docker hub"
_QUIET = re.compile(r"level=(?:debug|info|trace)|^(?:debu|info)\[|^debug|\bdebug:|\[debug\]")
_REMARK = re.compile(r"(?<![\w.-])(?:we|our|i|my)(?![\w/.-])|requested image's platform")
"""What a person says, or a warning that is no error."""


class Attempt(Struct, frozen=True, kw_only=True):
    """One try of a client.

    ``layers`` are its errors from the outermost to the innermost, in lower case, each name in them
    one character; ``text`` is all of them, the codes of JSON bodies included, and ``written`` the
    same with its names. ``host`` was looked up at ``resolver``, ``asked`` is the host of the last
    request, ``hosts`` all that it names, or else the text, ``address`` what was dialled.
    ``tokened`` says that a credential was shown, ``anonymous`` that none was, ``quiet`` that it is
    a debug message of a log, a warning, or what a person says of it.
    """

    layers: tuple[str, ...]
    text: str
    written: str
    signs: frozenset[Sign]
    stage: Stage = Stage.NONE
    status: int = 0
    aadsts: frozenset[str] = frozenset()
    details: str = ""
    host: str = ""
    asked: str = ""
    hosts: tuple[str, ...] = ()
    address: str = ""
    resolver: str = ""
    anonymous: bool = False
    tokened: bool = False
    quiet: bool = False

    def has(self, *signs: Sign) -> bool:
        """Whether any of the signs shows."""
        return not self.signs.isdisjoint(signs)

    @property
    def innermost(self) -> str:
        """The last layer that says something."""
        return next((la for la in reversed(self.layers) if la not in _EMPTY), "")

    @property
    def on_acr(self) -> bool:
        """Whether a name of Azure Container Registry occurs."""
        return ".azurecr." in self.written or "aka.ms/acr" in self.written

    @property
    def elsewhere(self) -> bool:
        """Whether hosts are named, and none of them is an Azure Container Registry's."""
        known = [host for host in self.hosts if not is_masked(host)]
        return bool(known) and not any(".azurecr." in h or h.endswith(_BLOBS) for h in known)

    @property
    def on_docker_hub(self) -> bool:
        """Whether the names have no host, or Docker Hub's: ``access denied for NAME,``."""
        if self.on_acr or any(not host.endswith(_DOCKER_HUB) for host in self.hosts):
            return False
        name = _NO_ACCESS.search(self.written)
        if not name:
            return bool(self.hosts)
        host, slash, _ = (name[1] or name[2]).partition("/")
        is_owner = not ("." in host or ":" in host or is_masked(host))
        return not slash or is_owner or host.endswith(_DOCKER_HUB)

    @property
    def hides_host(self) -> bool:
        """Whether every host that is named was hidden, and so may be any registry."""
        of_ones_own = any(f"{host}:" in self.written for host in self.hosts)
        return bool(self.hosts) and all(map(is_hidden, self.hosts)) and not of_ones_own

    @property
    def dials_hidden(self) -> bool:
        """Whether an address was dialled that somebody hid before showing the text."""
        return bool(self.address) and not any(map(str.isdigit, self.address))

    @property
    def dials_private(self) -> bool:
        """Whether the connection went to a private address, and not to this machine."""
        import ipaddress  # noqa: PLC0415 - a tenth of the start, for few texts

        try:
            address = ipaddress.ip_address(self.address.strip("[]"))
        except ValueError:
            return "private" in self.address
        return address.is_private and not address.is_loopback


def attempts_in(opened: Opened) -> list[Attempt]:
    """Every attempt, in the order of the text."""
    names = Names()
    chains = chains_in(names.take_out(opened.text))
    told = [_told(chain, opened) for chain in islice(chains, MOST)]
    return list(_records(told, names))


class _Told(Struct, frozen=True):
    """A chain with its bodies: what it says, all of it in lower case but ``whole``."""

    whole: str
    layers: tuple[str, ...]
    codes: frozenset[str]
    details: str

    @property
    def text(self) -> str:
        return "\n".join([": ".join(self.layers), *sorted(self.codes)])


def _told(chain: tuple[str, ...], opened: Opened) -> _Told:
    whole = ": ".join(chain)
    bodies = list(opened.bodies_in(whole))
    return _Told(
        whole=whole,
        layers=tuple(clean for layer in chain if (clean := layer.lower().strip(_AROUND))),
        codes=frozenset(body.code.lower() for body in bodies if body.code),
        details=" ".join(body.detail for body in bodies if body.detail).lower(),
    )


def _records(told: Sequence[_Told], names: Names) -> Iterator[Attempt]:
    words = Words("\n".join(one.text for one in told))
    retried = False  # App Service: after its first try it goes on without credentials
    for one in told:
        attempt = _record(one, words, names, retried=retried)
        retried = retried or _RETRY in attempt.text
        yield attempt


def _record(told: _Told, words: Words, names: Names, *, retried: bool) -> Attempt:
    text, written = told.text, names.put_back(told.whole).lower()
    signs = words.signs_in(text, told.layers)
    found = names.of(told.whole)
    hosts = tuple(name.host for name in found if name.host)
    dialled, looked_up = _DIAL.search(text), _LOOKUP.search(written)
    return Attempt(
        layers=told.layers,
        text=text,
        written=written,
        signs=signs,
        stage=stage_of(text, found),
        status=_status(text),
        aadsts=frozenset(_AADSTS.findall(text)),
        details=told.details,
        host=looked_up[1] if looked_up else "",
        asked=hosts[-1] if hosts else "",
        hosts=hosts or names.hosts(),
        address=(dialled[1] or _BLANK) if dialled else "",
        resolver=(looked_up[2] or "") if looked_up else "",
        anonymous=retried or Sign.NO_CREDENTIAL in signs or "anonymous token" in text,
        tokened="oauth token" in text or any(name.account for name in found),
        quiet=bool(_QUIET.search(text[:400]) or _REMARK.search("".join(told.layers[-1:])[:400])),
    )


def _status(text: str) -> int:
    for pattern in (_REASON, _REASON_FIRST, _STATUS, _SKIPPED):
        if found := pattern.findall(text):
            return int(found[-1])
    return 0
