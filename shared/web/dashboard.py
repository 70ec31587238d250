"""The dashboard as HTML. Pure."""

from functools import cache

from jinja2 import Environment, PackageLoader, Template

from shared.web.view import DashboardView


def render(view: DashboardView) -> str:
    """The whole page; every name in it is escaped."""
    return _template("dashboard.html").render(view=view)


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("shared.web"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)
