"""How programs in other languages than Go word a broken connection, on Linux and on Windows."""

# ruff: noqa: E501 - texts stand as they are

from collections.abc import Iterator

from shared.explain import CauseLabel as C
from tests.unit.explain.grammar.faults import REGISTRY

NAMES = (
    f"getaddrinfo ENOTFOUND {REGISTRY}",
    f"getaddrinfo EAI_AGAIN {REGISTRY}",
    f"java.net.UnknownHostException: {REGISTRY}",
    f"No such host is known. ({REGISTRY}:443)",
    f"Name or service not known ({REGISTRY}:443)",
    f"Resource temporarily unavailable ({REGISTRY}:443)",
    f"The remote name could not be resolved: '{REGISTRY}'",
    f"curl: (6) Could not resolve host: {REGISTRY}",
    "[Errno 11001] getaddrinfo failed",
    "[Errno -3] Temporary failure in name resolution",
    f"can't resolve {REGISTRY}",
    f"dial tcp: lookup {REGISTRY}: getaddrinfow: This is usually a temporary error during hostname resolution and means that the local server did not receive a response from an authoritative server.",
)
CONNECTIONS = (
    "connect ETIMEDOUT 20.50.12.8:443",
    "read ECONNRESET",
    "socket hang up",
    "timeout of 30000ms exceeded",
    "java.net.SocketTimeoutException: connect timed out",
    "java.net.ConnectException: Connection refused",
    "System.Net.Sockets.SocketException (110): Connection timed out",
    "System.Net.Sockets.SocketException (10060): es kam keine Verbindung zustande",
    "The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.",
    "Unable to connect to the remote server",
    f"curl: (28) Failed to connect to {REGISTRY} port 443 after 129 ms: Connection timed out",
    "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
    "[Errno 113] No route to host",
    "tcp connect error: Connection refused (os error 111)",
    "dial tcp 20.50.12.8:443: connectex: An attempt was made to access a socket in a way forbidden by its access permissions.",
    "write tcp 172.16.4.9:40110->20.50.12.8:443: wsasend: An established connection was aborted by the software in your host machine.",
    "dial tcp [2603:1030::9]:443: connect: cannot assign requested address",
    "dial tcp 20.50.12.8:443: connect: permission denied",
    "dial tcp 20.50.12.8:443: operation was canceled",
)
CERTIFICATES = (
    "self-signed certificate in certificate chain",
    "unable to get local issuer certificate",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "PKIX path building failed: unable to find valid certification path to requested target",
    "The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot",
    "Could not create SSL/TLS secure channel.",
    "Authentication failed because the remote party has closed the transport stream",
    "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1129)",
    "schannel: next InitializeSecurityContext failed: SEC_E_UNTRUSTED_ROOT",
    "the certificate is not yet valid",
    "invalid peer certificate: UnknownIssuer",
)
PROXIES = (
    "tunneling socket could not be established, statusCode=403",
    'Unable to tunnel through proxy. Proxy returns "HTTP/1.1 403 Forbidden"',
    "curl: (56) Received HTTP code 407 from proxy after CONNECT",
    "The proxy tunnel request to proxy failed with status code 407",
    "Unable to connect to the proxy server",
    "socks connect tcp 10.40.0.9:1080: dial tcp 10.40.0.9:1080: connect: connection refused",
    f'Get "https://{REGISTRY}/v2/": Bad Gateway',
    f'Head "https://{REGISTRY}/v2/store/web-front/manifests/1": Forbidden',
)
DISKS = (
    "[Errno 28] No space left on device",
    "System.IO.IOException: No space left on device",
    "ENOSPC: no space left on device, write",
    "Es steht nicht genug Speicherplatz auf dem Datenträger zur Verfügung. (os error 112)",
    "mkdir /var/lib/docker/overlay2/1: structure needs cleaning",
)
_FRAMES = (
    "{}",
    f"FetchError: request to https://{REGISTRY}/v2/ failed, reason: {{}}",
    "Unhandled exception. System.Net.Http.HttpRequestException: {}\n   at System.Net.Http.ConnectHelper.Connect(String host)",
    "[ERROR] Failed to execute goal: I/O error for image [wingtip.azurecr.io/store/web-front]: {} -> [Help 1]",
)


def told() -> Iterator[tuple[C, str]]:
    """Each wording in each frame."""
    for cause, wordings in (
        (C.NETWORK_DNS, NAMES),
        (C.NETWORK_TIMEOUT, CONNECTIONS),
        (C.NETWORK_TLS, CERTIFICATES),
        (C.NETWORK_PROXY, PROXIES),
        (C.DISK_FULL_NODE, DISKS),
    ):
        for words in wordings:
            yield from ((cause, frame.format(words)) for frame in _FRAMES)
