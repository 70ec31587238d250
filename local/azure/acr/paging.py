"""Pages of lists: `n` and `last`, and a Link header to the next page."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, urlencode

from aiohttp import web

from local.azure.contents.errors import RegistryError

PAGE: Final = 100
LARGEST: Final = 1000


def page(request: web.Request, names: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The names of the page asked for, and the headers that lead to the next one."""
    number = page_size(request)
    last = request.query.get("last", "")
    start = after(names, last) if last else 0
    shown = list(names[start : start + number])
    if start + number >= len(names):
        return shown, {}
    query = {"last": shown[-1], "n": str(number)}
    if request.query.get("orderby"):
        query["orderby"] = request.query["orderby"]
    link = f"<{quote(request.path)}?{urlencode(query)}>"
    return shown, {"Link": f'{link}; rel="next"'}


def page_size(request: web.Request) -> int:
    """How many entries a page has. Raises RegistryError 400."""
    text = request.query.get("n", "")
    if not text:
        return PAGE
    if not text.isdigit() or not int(text):
        message = "invalid number of results requested"
        raise RegistryError(400, "PAGINATION_NUMBER_INVALID", message, {"n": text})
    return min(int(text), LARGEST)


def after(names: Sequence[str], last: str) -> int:
    """Where to go on: after the last name seen, or where it would stand if it is gone."""
    if last in names:
        return names.index(last) + 1
    return next((at for at, name in enumerate(names) if name > last), len(names))
