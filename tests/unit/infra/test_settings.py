"""Settings in the code, in Bicep and in the documents are the same ones."""

import re
from pathlib import Path

import pytest

from infra import bicep, documents
from shared.settings import Settings, is_secret, variable

ROOT = Path(__file__).parents[3]
APP = (bicep.FOLDER / "modules" / "app.bicep").read_text()
IN_CODE = {variable(name) for name in Settings.__struct_fields__}
IN_BICEP = bicep.keys(APP, "own") | bicep.keys(APP, "secrets") | {"ACS_ENDPOINT", "MAIL_FROM"}

OF_THE_HOST = {
    "AzureWebJobsStorage__blobServiceUri",
    "AzureWebJobsStorage__tableServiceUri",
    "AzureWebJobsStorage__credential",
    "AzureWebJobsStorage__clientId",
    "AzureWebJobsDisableHomepage",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "SERVICE_BUS__credential",
    "SERVICE_BUS__clientId",
}
"""Read by the Functions host and its extensions; the app does not see them."""

LEFT_OUT = {
    "SERVICE_BUS": "a connection string holds a key: the local stack only",
    "TABLES": "a connection string holds a key: the local stack only",
    "ARM_ENDPOINT": "sovereign clouds: PULLWATCH_SETTINGS",
    "GRAPH_ENDPOINT": "sovereign clouds: PULLWATCH_SETTINGS",
    "LOGS_ENDPOINT": "sovereign clouds: PULLWATCH_SETTINGS",
    "DNS_SERVER": "a network of one's own: PULLWATCH_SETTINGS",
    "SMTP_HOST": "a mail server of one's own: PULLWATCH_SETTINGS",
    "SMTP_PORT": "a mail server of one's own: PULLWATCH_SETTINGS",
    "SMTP_STARTTLS": "a mail server of one's own: PULLWATCH_SETTINGS",
    "SMTP_USER": "a mail server of one's own: PULLWATCH_SETTINGS",
}
"""Settings that the infrastructure decides nothing about, and why. Tuning comes beside them."""

TUNING = re.compile(
    r".*_(SECONDS|MINUTES|ATTEMPTS|FAILURES|CONNECTIONS)|[A-Z_]+_(SECONDS|MINUTES)_.*"
)
"""Numbers with a good default: PULLWATCH_SETTINGS for whoever knows better."""


def test_every_setting_of_the_code_is_set_or_left_out_for_a_reason() -> None:
    left = {name for name in IN_CODE if TUNING.fullmatch(name)} | LEFT_OUT.keys()
    assert IN_CODE - IN_BICEP - left == set()


def test_what_is_left_out_is_not_set_beside_that() -> None:
    assert IN_BICEP & LEFT_OUT.keys() == set()


def test_every_setting_in_bicep_is_read_by_somebody() -> None:
    assert set() == IN_BICEP - IN_CODE - OF_THE_HOST


def test_what_a_binding_names_is_set() -> None:
    functions = (ROOT / "function_app.py").read_text()
    assert set(re.findall(r"%(\w+)%", functions)) <= IN_BICEP
    for connection in set(re.findall(r'connection="(\w+)"', functions)):
        needed = {f"{connection}__{part}" for part in ("credential", "clientId")}
        needed.add(f"{connection}__fullyQualifiedNamespace")
        assert needed <= IN_BICEP


def test_settings_that_are_secret_come_from_the_vault_or_not_at_all() -> None:
    secret = {variable(name) for name in Settings.__struct_fields__ if is_secret(name)}
    assert secret - bicep.keys(APP, "secrets") == {"SERVICE_BUS", "TABLES"}
    for name in bicep.keys(APP, "secrets"):
        in_vault = name.lower().replace("_", "-")
        line = re.search(rf"^  {name}: (.*)$", APP, re.MULTILINE)
        assert line is not None
        assert line[1] == (
            f"contains(secretSettings, '{name}') ? format(secret, '{in_vault}') : ''"
        )


@pytest.mark.parametrize(
    "name",
    [
        "FUNCTIONS_WORKER_RUNTIME",
        "FUNCTIONS_EXTENSION_VERSION",
        "WEBSITE_RUN_FROM_PACKAGE",
        "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
        "WEBSITE_CONTENTSHARE",
        "SCM_DO_BUILD_DURING_DEPLOYMENT",
        "ENABLE_ORYX_BUILD",
    ],
)
def test_what_flex_consumption_refuses_is_not_set(name: str) -> None:
    assert name not in APP


@pytest.mark.parametrize("path", [documents.README, documents.SAMPLE, documents.OPERATIONS])
def test_documents_are_fresh(path: Path) -> None:
    """`python -m infra.documents` writes them."""
    assert (ROOT / path).read_text() == documents.documents()[path]


def test_a_document_without_a_place_for_its_table_is_a_mistake() -> None:
    with pytest.raises(LookupError):
        documents.with_table("# Nothing here\n", documents.settings_table())


def test_bars_in_a_cell_are_escaped() -> None:
    assert documents.table(("a",), [("x|y",)]).splitlines()[-1] == "| x\\|y |"
