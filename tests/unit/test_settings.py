"""The environment, read into settings: all mistakes at once, no secret shown."""

import pytest

from shared.settings import Settings, SettingsError, describe, is_secret, read, variable

LOCAL = {"SERVICE_BUS": "Endpoint=sb://x/;SharedAccessKey=s3cret", "TABLES": "AccountKey=s3cret"}
DEPLOYED = {
    "SERVICE_BUS__fullyQualifiedNamespace": "pw.servicebus.windows.net",
    "TABLES__endpoint": "https://pw.table.core.windows.net",
}
FIELDS = Settings.__struct_fields__


def refused(environment: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(environment)
    return caught.value.problems


@pytest.mark.parametrize("environment", [LOCAL, DEPLOYED], ids=["local", "deployed"])
def test_the_least_that_is_needed(environment: dict[str, str]) -> None:
    settings = read(environment)
    assert settings.urgent_queue == "jobs-urgent"
    assert settings.smtp_port == 587


def test_off_azure_nothing_is_needed() -> None:
    assert read({}, deployed=False) == Settings()


def test_everything_that_is_wrong_is_said_at_once() -> None:
    problems = refused({"SMTP_PORT": "many", "RETRY_ATTEMPTS": "0", "CACHE_SECONDS": "61"})
    assert len(problems) == 5
    text = "\n".join(problems)
    for name in ("SMTP_PORT", "RETRY_ATTEMPTS", "CACHE_SECONDS", "SERVICE_BUS", "TABLES"):
        assert name in text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SMTP_PORT", "0"),
        ("SMTP_PORT", "65536"),
        ("SMTP_PORT", "25.5"),
        ("SMTP_STARTTLS", "perhaps"),
        ("CACHE_SECONDS", "-1"),
        ("URGENT_CONNECTIONS", "0"),
        ("CHECK_BUDGET_SECONDS", "soon"),
    ],
)
def test_a_wrong_value_is_shown_with_its_name(name: str, text: str) -> None:
    (problem,) = refused(LOCAL | {name: text})
    assert name in problem
    assert text in problem


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("false", False), ("1", True), ("0", False)]
)
def test_switches(text: str, value: bool) -> None:
    assert read(LOCAL | {"SMTP_STARTTLS": text}).smtp_starttls is value


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a.azurecr.io", ("a.azurecr.io",)),
        (" a , b ,, c ", ("a", "b", "c")),
        (",", ()),
        ("", ()),
    ],
)
def test_lists(text: str, names: tuple[str, ...]) -> None:
    assert read(LOCAL | {"REGISTRIES": text}).registries == names


def test_an_empty_setting_is_its_default() -> None:
    assert read(LOCAL | {"SMTP_PORT": "  "}).smtp_port == 587


def test_mail_that_has_who_sends_and_who_receives_it() -> None:
    mail = {"SMTP_HOST": "mail", "MAIL_FROM": "p@b.c", "MAIL_TO": "a@b.c"}
    assert read(LOCAL | mail).mail_to == ("a@b.c",)


HOOK = {"WEBHOOK_URL": "https://hooks.contoso.com/s3cret", "WEBHOOK_SECRET": "s3cret" * 3}


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.contoso.com/",
        "hooks.contoso.com",
        "https://",
        "ftp://a.b/",
        "https://[a/",
        " x",
    ],
)
def test_alerts_go_nowhere_where_they_can_be_read(url: str) -> None:
    (problem,) = refused(LOCAL | HOOK | {"WEBHOOK_URL": url})
    assert "https" in problem
    assert "contoso" not in problem


@pytest.mark.parametrize(
    "url", ["@Microsoft.KeyVault(VaultName=kv;SecretName=teams-webhook-url)", "http://contoso.com/"]
)
def test_a_teams_webhook_that_is_no_address_is_told(url: str) -> None:
    (problem,) = refused(LOCAL | {"TEAMS_WEBHOOK_URL": url})
    assert problem.startswith("TEAMS_WEBHOOK_URL = (secret): expected an https address")


@pytest.mark.parametrize("way", ["SMTP_HOST", "ACS_ENDPOINT"])
def test_mail_has_a_sender_and_a_receiver(way: str) -> None:
    problems = refused(LOCAL | {way: "https://mail.contoso.com"})
    assert [one.partition(":")[0] for one in problems] == ["set MAIL_TO", "set MAIL_FROM"]


@pytest.mark.parametrize("secret", ["", "s3cret", "x" * 15])
def test_a_webhook_is_signed_with_something(secret: str) -> None:
    (problem,) = refused(LOCAL | HOOK | {"WEBHOOK_SECRET": secret})
    assert "set WEBHOOK_SECRET, 16" in problem


@pytest.mark.parametrize("url", [HOOK["WEBHOOK_URL"], "http://127.0.0.1:8/x", "http://[::1]/"])
def test_webhooks_of_which_nobody_else_reads(url: str) -> None:
    assert read(LOCAL | HOOK | {"WEBHOOK_URL": url}).webhook_url == url


def test_secrets_never_show_in_a_mistake() -> None:
    text = "\n".join(refused({"SERVICE_BUS": "s3cret", "SMTP_PASSWORD": "s3cret"}))
    assert "s3cret" not in text


def test_secrets_are_marked() -> None:
    secret = {name for name in FIELDS if is_secret(name)}
    assert secret == {
        "service_bus",
        "tables",
        "teams_webhook_url",
        "webhook_url",
        "webhook_secret",
        "smtp_password",
    }


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_has_a_variable_and_says_what_it_is_for(name: str) -> None:
    assert variable(name).replace("__", "_").isidentifier()
    assert describe(name).endswith(".")


def test_variables_are_unique() -> None:
    assert len({variable(name) for name in FIELDS}) == len(FIELDS)
