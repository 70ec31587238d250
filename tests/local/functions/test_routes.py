"""ASP.NET route templates."""

import pytest

from local.functions.errors import StartupError
from local.functions.routes import parse_route


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("", "", {}),
        ("/", "", {}),
        ("api/items", "API/Items/", {}),
        ("api/items", "api/item", None),
        ("items/{name}", "items/a-b.c", {"name": "a-b.c"}),
        ("items/{name}", "items", None),
        ("items/{name}", "items/a/b", None),
        ("items/{name?}", "items", {}),
        ("items/{name=all}", "items", {"name": "all"}),
        ("items/{name=all}", "items/one", {"name": "one"}),
        ("{*rest}", "a/b/c", {"rest": "a/b/c"}),
        ("{*rest}", "", {}),
        ("files/{**rest}", "files/a/b", {"rest": "a/b"}),
        ("files/{name}.{extension}", "files/a.txt", {"name": "a", "extension": "txt"}),
        ("n/{id:int}", "n/-12", {"id": "-12"}),
        ("n/{id:int}", "n/x", None),
        ("n/{id:int?}", "n", {}),
        ("n/{id:int:min(5)}", "n/5", {"id": "5"}),
        ("n/{id:int:min(5)}", "n/4", None),
        ("n/{id:max(5)}", "n/6", None),
        ("n/{id:range(1,3)}", "n/3", {"id": "3"}),
        ("n/{id:range(1,3)}", "n/4", None),
        ("n/{id:length(2)}", "n/abc", None),
        ("n/{id:minlength(2)}", "n/abc", {"id": "abc"}),
        ("n/{id:maxlength(2)}", "n/abc", None),
        ("n/{id:bool}", "n/TRUE", {"id": "TRUE"}),
        ("n/{id:alpha}", "n/a1", None),
        ("n/{id:guid}", "n/512d38b6-c7b8-40c8-89fe-f46f9e9622b6", {}),
        ("n/{id:guid}", "n/512d38b6", None),
        (r"n/{id:regex(^\d{{3}}$)}", "n/123", {"id": "123"}),
        (r"n/{id:regex(^\d{{3}}$)}", "n/12", None),
    ],
)
def test_match(template: str, path: str, values: dict[str, str] | None) -> None:
    found = parse_route(template).match(path)
    if values == {} and found:
        assert set(found) == {"id"}
    else:
        assert found == values


def test_the_most_specific_template_comes_first() -> None:
    templates = ["{*all}", "items/{name}", "items/{id:int}", "items/new"]
    routes = {parse_route(template): template for template in templates}
    ordered = sorted(routes, key=lambda route: route.precedence)
    assert [routes[route] for route in ordered] == templates[::-1]


@pytest.mark.parametrize("template", ["a/{b", "a/b}", "a/{b:nothing}", "a/{b:min}", "a/{b:min(x)}"])
def test_what_asp_net_would_refuse_is_refused(template: str) -> None:
    with pytest.raises(StartupError, match="the route"):
        parse_route(template)
