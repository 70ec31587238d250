"""Which images a site runs, as its configuration says."""

import base64

import yaml

from shared.compute.reading import MalformedError, mapping, text
from shared.compute.sources import Json

SITE_CONTAINERS = "sitecontainers"


def fx_versions(config: Json) -> tuple[str, ...]:
    """What a ``siteConfig`` or ``config/web`` object tells of the runtime, Linux first."""
    told = (text(config, "linuxFxVersion"), text(config, "windowsFxVersion"))
    return tuple(one for one in told if one)


def may_run_containers(site: Json) -> bool:
    """Whether a site whose runtime is not told may run images: all but Windows code apps."""
    kinds = text(site, "kind").lower().split(",")
    properties = mapping(site, "properties")
    windows_containers = bool(properties.get("isXenon") or properties.get("hyperV"))
    return windows_containers or bool({"linux", "container"} & set(kinds))


def may_have_sidecars(site: Json) -> bool:
    """Whether a site that runs code may have containers beside it: Linux web apps."""
    kinds = set(text(site, "kind").lower().split(","))
    return "linux" in kinds and "functionapp" not in kinds


def in_site_containers(versions: tuple[str, ...]) -> bool:
    """Whether what a site pulls is among its ``sitecontainers``: it runs them, or code."""
    kinds = {one.partition("|")[0].upper() for one in versions}
    return bool(kinds) and kinds.isdisjoint({"DOCKER", "COMPOSE"})


def has_site_containers(versions: tuple[str, ...]) -> bool:
    """Whether the images are child resources of the site."""
    return any(one.partition("|")[0].lower() == SITE_CONTAINERS for one in versions)


def images_in(versions: tuple[str, ...]) -> tuple[str, ...]:
    """
    The images that ``DOCKER|image`` and ``COMPOSE|base64`` name.

    Raises:
        MalformedError: a compose file cannot be read.

    """
    found: list[str] = []
    for version in versions:
        kind, _, rest = version.partition("|")
        if kind.upper() == "DOCKER" and rest:
            found.append(rest)
        elif kind.upper() == "COMPOSE":
            found += _composed(rest)
    return tuple(found)


def _composed(encoded: str) -> tuple[str, ...]:
    try:
        compose = yaml.safe_load(base64.b64decode(encoded, validate=True))
    except (ValueError, RecursionError, yaml.YAMLError) as why:
        raise MalformedError("the site's compose file cannot be read") from why
    if not isinstance(compose, dict):
        raise MalformedError("the site's compose file has no services")
    services = mapping(compose, "services")
    return tuple(image for one in services.values() if (image := _image(one)))


def _image(service: object) -> str:
    if not isinstance(service, dict):
        raise MalformedError("a service in the site's compose file is not an object")
    return text(service, "image")
