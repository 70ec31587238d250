"""Signs of the way to the registry: names, connections, TLS, proxies, firewalls."""

from shared.explain.lexicon.classes import CUT, Class
from shared.explain.lexicon.sign import Sign

PHRASES: dict[Sign, tuple[str, ...]] = {
    Sign.NO_SUCH_HOST: (
        *("no such host", "nxdomain", "unknownhostexception", " enotfound", "unknown host"),
        *("no such domain", "non-existent domain", "host name does not exist"),
    ),
    Sign.LOOKUP_FAILED: (
        *("server misbehaving", "eai_again", "servfail", "name or service not known"),
        *("nodename nor servname", "could not resolve host", "name resolution", "getaddrinfo"),
        *("failed to resolve specified fqdn", "no address associated with hostname"),
        *("could not resolve proxy", "remote name could not be resolved"),
        *("no data of the requested type was found", "failed to lookup address", "dns error"),
        *("dns lookup failed", "unable to resolve host", "dns resolution failed"),
        *("could not resolve the host", "failed to resolve host", "cannot resolve host"),
        *("connectivity_dns_error", "resource temporarily unavailable ("),
        *(
            "could not be resolved (",
            "no resolver defined to resolve",
            "host not found in upstream",
        ),
        *("while resolving, resolver", "dns_resolution_failure"),
        *("dns name does not exist", "hostname does not exist"),
    ),
    Sign.WRONG_ADDRESS: ("through private ip is incorrect",),
    Sign.TIMEOUT: (
        *("i/o timeout", "client.timeout", "while waiting for connection", "etimedout"),
        *("connect timeout", "connecttimeout", "readtimeout", "sockettimeoutexception"),
        *("tls handshake timeout", "timed out", "timed-out", "timeout awaiting"),
        *("timeout exceeded", "timeout expired", "timeout error", "timeout was reached"),
        *("timeout waiting", "timeout while", "read timeout", "request timeout"),
        *("response timeout", "network timeout", "io timeout", "operation timeout"),
        *("socket timeout", "http timeout", "network_timeout", "connection attempt failed"),
        *("did not properly respond", "client connection lost", "dial timeout"),
        *("connection timeout", "timeout of ", "due to timeout", "due to a timeout"),
    ),
    Sign.DEADLINE: (
        *("deadlineexceeded", "deadline exceeded", "context canceled", "operation was canceled"),
    ),
    Sign.NO_CONNECTION: (
        *("connection refused", "no route to host", "econnreset", "network is unreachable"),
        *("host is unreachable", "broken pipe", "econnrefused"),
        *("forcibly closed by the remote host", "failed to establish a new connection"),
        *("actively refused", "failed to connect to", "couldn't connect to server"),
        *("unreachable network", "unreachable host", "ehostunreach", "enetunreach"),
        *("connection was reset", "connection aborted", "remote end closed connection"),
        *("connection was closed", "connection reset", "unable to connect to the remote server"),
        *("server closed idle connection", "use of closed network connection", "socket hang up"),
        *(
            "connection was aborted",
            "cannot assign requested address",
            "connect: permission denied",
        ),
        *("forbidden by its access permissions", "connect: operation not permitted"),
    ),
    Sign.CUT_OFF: (
        *("unexpected eof", "stream error", "connection closed before", "incompleteread"),
        *("response ended prematurely", "http2: server sent goaway"),
    ),
    Sign.TLS: (
        *("x509:", "certificate_verify_failed", "certificate verify failed", "ssl: "),
        *("failed to verify certificate", "tls: ", "ssl_error"),
        *("first record does not look like a tls handshake", "sslerror", "sslhandshake"),
        *("pkix path building failed", "self-signed certificate", "self signed certificate"),
        *("ssl certificate problem", "certificate signed by unknown"),
        *("unable to get local issuer certificate", "unable to verify the first certificate"),
        *("remote certificate is invalid", "could not establish trust relationship"),
        *("ssl connection could not be established", "unable_to_verify_leaf_signature"),
        *("self_signed_cert", "ssl routines", "schannel", "ssl handshake", "cert_has_expired"),
        *("sent an http request to an https server", "malformed http response"),
        *("invalid peer certificate", "unable_to_get_issuer_cert", "certificate is not trusted"),
        *("not yet valid", "no peer certificate", "err_tls", "closed the transport stream"),
        "cert_altname",
    ),
    Sign.PLAIN_HTTP: ("server gave http response to https client",),
    Sign.PROXY: (
        *("proxyconnect", "proxy authentication", "proxyerror", "cannot connect to proxy"),
        *("tunnel connection failed", "invalid proxy", "parsing port: strconv", "407 proxy"),
        *("proxy tunnel", "unable to connect to proxy", "connect tunnel failed", "squid"),
        *("err_tunnel_connection", "proxy connect", "from proxy after connect", "proxy_error"),
        *("zscaler", "socks connect", "tunneling socket", "error connecting to proxy"),
        *("failed to connect to proxy", "err_access_denied", "tcp_denied/"),
    ),
    Sign.WEB_PAGE: (
        *("invalid character '<'", "404 page not found", "<!doctype html", "<html"),
        *("type text/html", "error parsing http 404 response body"),
    ),
    Sign.PRIVATE_ENDPOINT: (
        *("have private endpoints in the vnet", "private endpoint needs to be reconfigured"),
        "failed to replicate private endpoint",
    ),
    Sign.FIREWALL: (
        *("is not allowed access", "aka.ms/acr/firewall", "connectivity_forbidden_error"),
        *("public network access is disabled", "client with ip", "configured firewall rules, run"),
        *("ip address is not allowed", "publicnetworkaccess is"),
    ),
}

CLASSES = (
    Class(
        Sign.PROXY,
        ("proxy",),
        ("refused", "returned", "returns", "responded", "rejected"),
        (
            *("resolve", "connect to", "tunnel through", "blocked by", "denied by"),
            "not reach",
        ),
        unless=("no_proxy", "no proxy", "reverse", "cache", "kube-proxy"),
    ),
    Class(
        Sign.FIREWALL,
        (
            *("ip address", "client ip", "source ip", "public network access", "public access"),
            *("public network", "ip"),
        ),
        ("not allowed", "disabled", "not permitted", "denied", "blocked", "not in the allow"),
        ("blocked", "blocking", "disallowed", "forbidden"),
        unless=("auth", "storage account"),
    ),
    Class(
        Sign.FIREWALL,
        ("firewall",),
        ("denied", "denies", "blocked", "blocks", "rejected", "not allow"),
        ("blocked by", "denied by", "rejected by"),
    ),
    Class(
        Sign.LOOKUP_FAILED,
        (
            *("host", "hostname", "host name", "domain", "fqdn", "dns name", "server name", "dns"),
            *("remote server", "azurecr"),
        ),
        (
            *("not be resolved", "n't be resolved", "not resolve", "resolution failed"),
            *("failed to resolve", "lookup failed", "unable to resolve", "query failed"),
        ),
        tuple(f"{cut} {verb}" for cut in CUT for verb in ("resolve", "resolving", "to resolve")),
        unless=("resolve reference", "resolve source", "resolve image", "resolve manifest"),
    ),
    Class(
        Sign.TLS,
        (
            *("certificate", "certificate chain", "tls handshake", "ssl handshake"),
            *("ssl connection", "secure channel"),
        ),
        (
            *("not trusted", "untrusted", "expired", "unknown authority", "not valid", "revoked"),
            *("be verified", "verify failed", "verification failed", "failed", "is invalid"),
        ),
        (
            *("invalid", "untrusted", "expired", "self-signed", "self signed", "bad", "verify"),
            *("could not create", "could not establish"),
        ),
        unless=("aadsts", "client assertion", "service principal", "handshake timeout"),
    ),
    Class(
        Sign.UNREACHED,
        ("registry", "server", "host", "endpoint", "site", "service", "azurecr"),
        ("unreachable", "not reachable", "not be reached", "n't be reached"),
        tuple(f"{cut} {verb}" for cut in CUT for verb in ("connect", "reach", "connecting to")),
        inner=True,
    ),
    Class(
        Sign.PRIVATE_ENDPOINT,
        ("private endpoint", "privateendpoint"),
        ("cannot", "failed", "not approved", "rejected", "disconnected", "pending", "does not"),
        ("failed to", "unable to", "cannot", "could not"),
        unless=("allowed access", "public network"),
    ),
)
