"""What to do about the causes that error texts tell, and which checks contradict them."""

from shared.explain import CauseLabel

CONTRADICTED_BY: dict[CauseLabel, tuple[str, ...]] = {
    CauseLabel.ABAC_ROLE: ("auth.permission",),
    CauseLabel.AUTH_ANONYMOUS_DENIED: ("credentials.configured", "auth.permission"),
    CauseLabel.AUTH_EXPIRED_CREDENTIALS: ("credentials.secret_expiry",),
    CauseLabel.AUTH_MISSING_ROLE: ("auth.permission",),
    CauseLabel.AUTH_TOKEN_SCOPE: ("auth.scope_map",),
    CauseLabel.INVALID_REFERENCE: ("existence.manifest",),
    CauseLabel.LOCKED_OR_QUARANTINED: ("existence.readable",),
    CauseLabel.MANIFEST_UNSUPPORTED: ("existence.kind",),
    CauseLabel.NETWORK_FIREWALL_IP: ("network.public", "network.firewall"),
    CauseLabel.NETWORK_PRIVATE_ENDPOINT: ("network.private_endpoint", "network.private_dns"),
    CauseLabel.NOT_FOUND_MANIFEST: ("existence.manifest", "existence.blobs"),
    CauseLabel.NOT_FOUND_REPOSITORY: ("existence.repository",),
    CauseLabel.NOT_FOUND_TAG: ("existence.manifest",),
    CauseLabel.PLATFORM_MISMATCH: ("existence.platform",),
    CauseLabel.REGISTRY_DISABLED_OR_MISSING: ("network.name", "network.registry"),
}
"""Checks that, all passing, show that a cause does not hold now. Others cannot be contradicted."""

_GRANT = "Give the identity that pulls a pull role on {registry}"
_TAGS = "az acr repository show-tags --name {registry} --repository {repository}"

HELP: dict[CauseLabel, tuple[str, ...]] = {
    CauseLabel.ABAC_ROLE: (
        "Assign 'Container Registry Repository Reader' so that it holds for {repository}",
    ),
    CauseLabel.AUTH_ANONYMOUS_DENIED: ("Tell {workload} with which identity to pull", _GRANT),
    CauseLabel.AUTH_BAD_CREDENTIALS: (
        "Renew the user name and password with which {workload} logs in, or use a managed identity",
    ),
    CauseLabel.AUTH_EXPIRED_CREDENTIALS: ("Renew the secret with which {workload} logs in",),
    CauseLabel.AUTH_MISSING_ROLE: (_GRANT,),
    CauseLabel.AUTH_TOKEN_SCOPE: (
        "Extend the token's scope map to {repository} with content/read and metadata/read",
    ),
    CauseLabel.DISK_FULL_NODE: (
        "kubectl describe nodes",
        "Free or enlarge the disk of the machine that pulls",
    ),
    CauseLabel.INVALID_REFERENCE: ("Correct the image's name in {workload}",),
    CauseLabel.LOCKED_OR_QUARANTINED: (
        "az acr repository show --name {registry} --repository {repository}",
    ),
    CauseLabel.MANIFEST_UNSUPPORTED: ("Deploy an image; {image} is something else",),
    CauseLabel.NETWORK_DNS: ("Resolve {login_server} from where {workload} runs",),
    CauseLabel.NETWORK_FIREWALL_IP: ("az acr network-rule list --name {registry}",),
    CauseLabel.NETWORK_PRIVATE_ENDPOINT: (
        "az acr private-endpoint-connection list --registry-name {registry} --output table",
    ),
    CauseLabel.NETWORK_PROXY: ("Let {login_server} and its data endpoints pass the proxy",),
    CauseLabel.NETWORK_TIMEOUT: (
        "az acr show-endpoints --name {registry}",
        "Open port 443 from {workload} to all of these hosts",
    ),
    CauseLabel.NETWORK_TLS: (
        "Let TLS to {login_server} and its data endpoints pass unopened",
        "Or have the machine that pulls trust the certificate",
    ),
    CauseLabel.NOT_FOUND_MANIFEST: ("Push {image} again",),
    CauseLabel.NOT_FOUND_REPOSITORY: ("az acr repository list --name {registry} --output table",),
    CauseLabel.NOT_FOUND_TAG: (_TAGS,),
    CauseLabel.PLATFORM_MISMATCH: ("Build {image} for the platform on which {workload} runs",),
    CauseLabel.REGISTRY_DISABLED_OR_MISSING: ("az acr show --name {registry}",),
    CauseLabel.SERVER_ERROR: ("Wait, and look at https://status.azure.com",),
    CauseLabel.THROTTLED: ("Spread the starts over time; Premium doubles the limits",),
}
"""What helps, as templates over the details of a finding."""
