"""ARM ids: paths whose letters may come back in another case."""


def same(one: str, other: str) -> bool:
    """Whether two ids are of one resource; an empty id is of none."""
    return bool(one) and one.strip("/").casefold() == other.strip("/").casefold()


def name_of(resource_id: str) -> str:
    """The last name in an id."""
    return resource_id.rstrip("/").rpartition("/")[2]


def parent_of(resource_id: str) -> str:
    """The id without its last type and name: a subnet's network, a slot's site."""
    return "/".join(resource_id.rstrip("/").split("/")[:-2])


def subscription_of(resource_id: str) -> str:
    """The subscription id in lower case, empty where there is none."""
    parts = resource_id.strip("/").split("/")
    return parts[1].lower() if len(parts) > 1 and parts[0].lower() == "subscriptions" else ""
