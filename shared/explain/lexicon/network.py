"""Signs of the way to the registry: names, connections, TLS, proxies, firewalls."""

from shared.explain.lexicon.sign import Sign

PHRASES: dict[Sign, tuple[str, ...]] = {
    Sign.NO_SUCH_HOST: (
        *("no such host", "nxdomain", "unknownhostexception", " enotfound", "unknown host"),
        *("no such domain", "non-existent domain", "name does not exist"),
    ),
    Sign.LOOKUP_FAILED: (
        *("server misbehaving", "temporary failure in name resolution", "eai_again", "servfail"),
        *("name or service not known", "nodename nor servname", "could not resolve host"),
        *("name resolution", "getaddrinfo", "failed to resolve specified fqdn"),
        *("no address associated with hostname", "could not resolve proxy", "hostname resolution"),
        *("remote name could not be resolved", "no data of the requested type was found"),
        *("failed to lookup address", "dns error", "dns lookup failed", "unable to resolve host"),
        *("dns resolution failed", "could not resolve the host", "failed to resolve host"),
        *("cannot resolve host", "connectivity_dns_error"),
    ),
    Sign.WRONG_ADDRESS: ("through private ip is incorrect",),
    Sign.TIMEOUT: (
        *("i/o timeout", "client.timeout", "while waiting for connection", "etimedout"),
        *("connection timed out", "connect timeout", "connecttimeout", "readtimeout"),
        *("sockettimeoutexception", "tls handshake timeout", "operation timed out"),
        *("timed out waiting for", "timeout awaiting response headers", "read timed out"),
        *("connection attempt failed", "did not properly respond", "client connection lost"),
        *("request timed out", "operation has timed out", "dial timeout", "connect timed out"),
        *("timeout exceeded while awaiting", "httpclient.timeout", "connection timeout"),
    ),
    Sign.DEADLINE: (
        *("context deadline exceeded", "could not connect to the registry", "deadlineexceeded"),
        *("deadline exceeded", "context canceled"),
    ),
    Sign.NO_CONNECTION: (
        *("connection refused", "connection reset by peer", "no route to host", "econnreset"),
        *("network is unreachable", "host is unreachable", "broken pipe", "econnrefused"),
        *("forcibly closed by the remote host", "failed to establish a new connection"),
        *("actively refused", "failed to connect to", "couldn't connect to server"),
        *("unreachable network", "unreachable host", "ehostunreach", "enetunreach"),
        *("connection was reset", "connection aborted", "remote end closed connection"),
        *("connection was closed", "connection reset", "unable to connect to the remote server"),
        *("server closed idle connection", "use of closed network connection"),
    ),
    Sign.CUT_OFF: (
        *("unexpected eof", "stream error", "connection closed before", "incompleteread"),
        *("response ended prematurely", "http2: server sent goaway"),
    ),
    Sign.TLS: (
        *("x509:", "certificate_verify_failed", "certificate verify failed", "ssl: "),
        *("failed to verify certificate", "certificate has expired", "tls: ", "ssl_error"),
        *("first record does not look like a tls handshake", "sslerror", "sslhandshake"),
        *("pkix path building failed", "self-signed certificate", "self signed certificate"),
        *("ssl certificate problem", "connectivity_ssl_error", "certificate signed by unknown"),
        *("unable to get local issuer certificate", "unable to verify the first certificate"),
        *("remote certificate is invalid", "could not establish trust relationship"),
        *("ssl connection could not be established", "unable_to_verify_leaf_signature"),
        *("self_signed_cert", "ssl routines", "schannel", "ssl handshake", "cert_has_expired"),
        *("sent an http request to an https server", "malformed http response"),
        *("invalid peer certificate", "unable_to_get_issuer_cert", "certificate is not trusted"),
    ),
    Sign.PLAIN_HTTP: ("server gave http response to https client",),
    Sign.PROXY: (
        *("proxyconnect", "proxy authentication", "proxyerror", "cannot connect to proxy"),
        *("tunnel connection failed", "invalid proxy", "parsing port: strconv", "407 proxy"),
        *("proxy tunnel", "unable to connect to proxy", "connect tunnel failed", "squid"),
        *("err_tunnel_connection", "proxy connect", "from proxy after connect", "proxy_error"),
        *("blocked by the proxy", "zscaler"),
    ),
    Sign.WEB_PAGE: (*("invalid character '<'", "<!doctype html", "<html", "type text/html"),),
    Sign.PRIVATE_ENDPOINT: (
        *("have private endpoints in the vnet", "private endpoint needs to be reconfigured"),
        *("failed to replicate private endpoint", "private endpoint connection"),
        *("private link", "privateendpoint"),
    ),
    Sign.FIREWALL: (
        *("is not allowed access", "aka.ms/acr/firewall", "connectivity_forbidden_error"),
        *("public network access is disabled", "public access is disabled", "client with ip"),
        *("public network access on", "ip address is not allowed"),
        *("publicnetworkaccess", "blocked by firewall", "denied by firewall"),
    ),
}
