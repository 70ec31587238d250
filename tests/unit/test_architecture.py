"""The layers of docs/architecture.md, as imports allow them."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ALLOWED = {
    "domain": {"domain"},
    "explain": {"domain", "explain"},
    "checks": {"domain", "explain", "checks"},
    "adapters": {"domain", "adapters", "settings"},
    "registry": {"domain", "adapters", "registry", "settings"},
    "compute": {"domain", "adapters", "compute", "settings"},
    "notify": {"domain", "adapters", "notify", "settings"},
    "pipeline": {
        "domain", "checks", "adapters", "registry", "compute", "notify", "pipeline", "settings",
    },
    "web": {"domain", "adapters", "pipeline", "web", "settings", "bootstrap"},
    "cli": {
        "domain", "explain", "checks", "adapters", "pipeline", "cli", "settings", "bootstrap",
    },
}  # fmt: skip
PURE = ("domain", "explain", "checks")
STDLIB_THAT_REACHES_OUT = {
    "asyncio", "http", "io", "os", "pathlib", "random", "shutil", "smtplib", "socket", "ssl",
    "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
HARMLESS = {"http.HTTPStatus"}
THIRD_PARTY_IN_PURE = {"msgspec"}
THIRD_PARTY_FOR_ONE = {
    "shared/domain/cleanup/expressions.py": {"re2"},  # strangers' expressions, in linear time
    "shared/domain/cleanup/yaml_text.py": {"yaml"},  # ACR tasks are YAML
}


@cache
def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, with the name where it is one name from a module."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_only_what_it_may(layer: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files(f"shared/{layer}")
        for name in imports(path)
        if name.startswith("shared.") and name.split(".")[1] not in ALLOWED[layer]
    ]
    assert wrong == []


@pytest.mark.parametrize("layer", PURE)
def test_a_pure_layer_does_no_io(layer: str) -> None:
    reaches_out = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files(f"shared/{layer}")
        for name in imports(path)
        if path.name != "__main__.py"
        if (name.split(".")[0] in STDLIB_THAT_REACHES_OUT and name not in HARMLESS)
        or name.startswith(("azure", "aiohttp", "dns", "jinja2", "stamina"))
    ]
    assert reaches_out == []


@pytest.mark.parametrize("layer", PURE)
def test_a_pure_layer_leans_on_few_libraries(layer: str) -> None:
    own = {*sys.stdlib_module_names, "shared", *THIRD_PARTY_IN_PURE}
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files(f"shared/{layer}")
        for name in imports(path)
        if (top := name.split(".")[0]) not in own
        and top not in THIRD_PARTY_FOR_ONE.get(str(path.relative_to(ROOT)), set())
    ]
    assert wrong == []


def test_nothing_but_the_local_stack_knows_of_the_local_stack() -> None:
    paths = [*files("shared"), ROOT / "function_app.py"]
    assert [str(p) for p in paths for name in imports(p) if name.split(".")[0] == "local"] == []


def test_the_local_stack_takes_no_decision_from_the_app() -> None:
    """It is the other side of the wire: with the app's own rules it could only agree with it."""
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files("local")
        for name in imports(path)
        if name.startswith("shared.")
    ]
    assert wrong == []


def test_only_the_settings_and_the_composition_read_the_environment() -> None:
    allowed = {"bootstrap.py", "credentials.py", "cli/check.py", "web/health.py"}
    readers = [
        str(path.relative_to(ROOT / "shared"))
        for path in files("shared")
        if "os.environ" in path.read_text() or "getenv" in path.read_text()
    ]
    assert [r for r in readers if not any(r.endswith(a) for a in allowed)] == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for folder in ("shared", "local")
        for path in files(folder)
        if path.read_text().strip() and not ast.get_docstring(parsed(path))
    ]
    assert silent == []


@pytest.mark.parametrize("folder", ["shared", "local"])
def test_every_public_class_and_function_has_a_docstring(folder: str) -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in files(folder)
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_files_and_functions_stay_small() -> None:
    long: list[str] = []
    for path in [*files("shared"), *files("local"), ROOT / "function_app.py", ROOT / "dev.py"]:
        text = path.read_text()
        if text.count("\n") > 350:
            long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > 45:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {size} lines")
    assert long == []


def test_every_place_that_the_page_names_is_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"`([a-z_]+/[a-z_/]*(?:[a-z_]+\.py)?)`", page))
    assert len(named) > 30
    roots = (ROOT, ROOT / "shared")
    assert not [one for one in named if not any((root / one).exists() for root in roots)]
