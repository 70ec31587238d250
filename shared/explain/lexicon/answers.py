"""Signs in what a registry answers about an image."""

from shared.explain.lexicon.sign import Sign

PHRASES: dict[Sign, tuple[str, ...]] = {
    Sign.TOO_MANY: (
        *("toomanyrequests", "too many requests", "pull rate limit", "qps exceeded"),
        *("rate limited", "request was throttled", "requests were throttled"),
        *("has been throttled", "serverbusy", "server busy", "over the account limit"),
        "quota exceeded for quota metric",
    ),
    Sign.TAG_UNKNOWN: (
        *("manifest tagged by", "tag does not exist", "unknown tag", "tag not found"),
        *("failed to find tag", "could not find tag", "was deleted or has expired"),
        *("tag unknown", "tag_unknown", "no such tag", "unable to find tag"),
    ),
    Sign.MANIFEST_UNKNOWN: (
        *("manifest unknown", "manifest_unknown", "not found: manifest", "no such manifest"),
        *("manifest not found", "artifact not found", "is not known to the registry"),
        *("manifest is unknown", "could not find manifest", "manifest is not found"),
        *("image not found", "unknown manifest"),
    ),
    Sign.DIGEST_UNKNOWN: ("manifest sha256:",),
    Sign.NAME_UNKNOWN: (
        *("name_unknown", "name unknown", "repository name not known", "repository not found"),
        *("repository_not_found", "repositorynotfound", "unknown repository"),
        *("no such repository", "repository does not exist in", "name not known to registry"),
        "repository is not found",
    ),
    Sign.BLOB_UNKNOWN: ("blob_unknown", "blob unknown", "unknown blob", "blobnotfound"),
    Sign.ACCESS_OR_NAME: ("does not exist or no pull access", "repository does not exist or may"),
    Sign.PLATFORM: (
        *("no match for platform", "exec format error", "no image found in manifest list for"),
        *("no image found in image index for", "cannot be used on this platform"),
        *("does not match the specified platform", "does not match the host operating system"),
        *("imageostypenotmatchcontainergroup", "does not match the detected host platform"),
        *("image is incompatible with", "osversionofimagenotsupported"),
        *("unsupportedwindowsversion", "no child with platform"),
        *("does not provide the specified platform", "no matching manifest"),
        *("no manifest found for platform", "does not match the expected platform"),
        *("incompatible with a", "no suitable image for platform", "could not find platform"),
        *("platform not found", "-based image is incompatible"),
        "no image satisfies requested platform",
    ),
    Sign.NO_V1: ("unsupported image manifest",),
    Sign.UNSUPPORTED: (
        *("unsupported manifest", "mediatype in manifest should be", "encountered unknown type"),
        *("schema 1 image", "manifest.v1+prettyjws", "schema1", "media type mismatch"),
        *("is no longer supported since containerd", "no signatures", "invalid manifest type"),
        *("manifest invalid", "manifest_invalid", "manifest type not supported"),
        *("unsupported format", "unexpectedly received a manifest list"),
        *("manifest version 2, schema 1", "mismatched image", "missing signature key"),
        *("does not support oci", "reference for unknown type", "unsupported layer"),
        *("not an image", "failed to get converter for", "invalid image: missing"),
        *("could not find config", "not a valid image manifest", "not a container image"),
        *("unrecognized manifest", "image config media type", "unknown manifest media"),
        *("is not supported by containerd", "cannot be pulled as an image"),
        "no processor for media-type",
    ),
    Sign.DISALLOWED: (
        *("operation is disallowed", "registry_disallowed_operation", "disallowed-operation"),
        *("is in quarantine", "quarantined", "is locked", "operation not allowed on"),
    ),
    Sign.UPSTREAM: ("for cache rule",),
    Sign.SERVER_ERROR: (
        *("internal server error", "service unavailable", "bad gateway", "gateway timeout"),
        *("gateway time-out", "service is unavailable", "temporarily unavailable"),
        *("internal_error", "upstream connect error"),
    ),
    Sign.REGISTRY_GONE: (
        *("cmk_error", "login_server_error", "registry is disabled", "subscription is disabled"),
        *("registry is inactive", "'microsoft.containerregistry/registries' could not be found"),
        *("subscriptionnotfound", "encryption doesn't exist", "readonlydisabledsubscription"),
        *("registry was not found", "customer-managed key", "customer managed key"),
        *("registry does not exist", "registry has been deleted", "registry not found"),
        *("could not find registry", "disabled and therefore marked as read only"),
    ),
}
