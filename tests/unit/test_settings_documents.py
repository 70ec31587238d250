"""Every setting has one definition; the sample and the README follow it."""

import json
import re
from pathlib import Path

from shared.settings import Settings, describe, read, variable

ROOT = Path(__file__).parents[2]
NAMES = [variable(name) for name in Settings.__struct_fields__]
HOST_SETTINGS = {"FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage", "AzureWebJobsDisableHomepage"}


def sample() -> dict[str, str]:
    values = json.loads((ROOT / "local.settings.sample.json").read_text())["Values"]
    assert isinstance(values, dict)
    return values


def test_the_sample_holds_only_settings_that_exist() -> None:
    assert set(sample()) - HOST_SETTINGS - set(NAMES) == set()


def test_the_sample_is_accepted() -> None:
    settings = read(sample())
    assert settings.urgent_queue == "jobs-urgent"


def test_every_name_that_bindings_use_is_in_the_sample() -> None:
    used = set(re.findall(r"%(\w+)%", (ROOT / "function_app.py").read_text()))
    assert used - set(sample()) == set()


def test_the_readme_lists_every_setting_with_its_meaning() -> None:
    readme = (ROOT / "README.md").read_text()
    missing = [
        variable(name)
        for name in Settings.__struct_fields__
        if f"| `{variable(name)}` |" not in readme or describe(name) not in readme
    ]
    assert missing == []
