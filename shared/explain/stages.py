"""How far into the pull an attempt came."""

from shared.explain.names import Name, Stage

_STAGES: tuple[tuple[Stage, tuple[str, ...]], ...] = (
    (Stage.TAGS, ("get tags", "list of tags", "reading tags", "list tags")),
    (
        Stage.EXCHANGE,
        (
            *("token exchange", "connectivity_refresh_token_error", "auth url ", "exchange api"),
            *("acr refresh token", "oauth2/exchange", "exchanging token", "exchange request"),
        ),
    ),
    (
        Stage.TOKEN,
        ("oauth token", "anonymous token", "failed to authorize", "auth token", "bearer token"),
    ),
    (
        Stage.BLOB,
        (
            *("httpreadseeker", "failed to copy", "copying blob", "reading blob", "writing blob"),
            *("pulling image configuration", "failed to register layer", "copying config"),
            *("fetch content descriptor", "parsing image configuration", "fetching blob"),
            *("fetch layer", "fetching layer", "download layer", "downloading layer"),
        ),
    ),
    (
        Stage.MANIFEST,
        ("resolve reference", "reading manifest", "manifest for", "source metadata"),
    ),
    (
        Stage.PING,
        ("login attempt", "login failed", "pinging container registry", "pinging docker registry"),
    ),
)
_FAR = (Stage.EXCHANGE, Stage.TAGS, Stage.TOKEN, Stage.BLOB, Stage.MANIFEST, Stage.PING)


def stage_of(text: str, names: tuple[Name, ...]) -> Stage:
    """What the requests' addresses say, else what the client says that it did."""
    asked = {name.stage for name in names}
    said = {stage for stage, words in _STAGES if any(word in text for word in words)}
    if Stage.PING in asked and asked.isdisjoint((Stage.TOKEN, Stage.EXCHANGE)):
        return Stage.PING
    return next((stage for stage in _FAR if stage in asked or stage in said), Stage.NONE)
