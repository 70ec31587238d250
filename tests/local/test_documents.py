"""What docs/local-stack.md says is so."""

import re
from pathlib import Path

import pytest

from local import verbs
from local.estates import loads
from local.ports import USUAL

TEXT = (Path(__file__).parents[2] / "docs/local-stack.md").read_text()


def test_the_example_of_an_estate_is_one() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert loads(example, Path("docs/local-stack.md")).registries


@pytest.mark.parametrize("port", USUAL.values(), ids=USUAL)
def test_every_port_is_listed(port: int) -> None:
    assert re.search(rf"\| [^|]*\b{port}\b[^|]* \|", TEXT)


def test_the_verbs_of_the_examples_exist() -> None:
    used = set(re.findall(r"python -m local ([a-z][a-z-]*)", TEXT))
    commands = {"up", "env", "show"}
    assert {name for name in used - commands if not verbs.is_verb(name)} == set()
