"""``predict-purge`` and ``lint-purge`` as somebody types them."""

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.__main__ import main
from shared.domain.cleanup import Purge, RegistryContents, parse_contents
from shared.domain.facts.base import CouldNotLookError

ROOT = Path(__file__).parents[3]
COMMAND = "acr purge --filter app:v1 --ago 30d --untagged"
OLD, NEW = "2026-01-01T00:00:00.1234567Z", "2026-11-20T00:00:00Z"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
REGISTRY = {
    "repositories": [
        {
            "name": "app",
            "tags": [
                {"name": "v1", "digest": "sha256:a", "lastUpdateTime": OLD},
                {"name": "v10", "digest": "sha256:b", "lastUpdateTime": OLD},
                {"name": "v11", "digest": "sha256:c", "lastUpdateTime": NEW},
            ],
            "manifests": [
                {"digest": "sha256:a", "mediaType": DOCKER, "lastUpdateTime": OLD, "tags": ["v1"]}
            ],
        }
    ]
}


@pytest.fixture
def registry(tmp_path: Path) -> str:
    path = tmp_path / "registry.json"
    path.write_text(json.dumps(REGISTRY))
    return str(path)


def predict(registry: str, *more: str, command: str = COMMAND) -> int:
    now = () if "--now" in more else ("--now", "2026-11-26T12:00:00Z")
    return main(["predict-purge", "--registry", registry, "--command", command, *now, *more])


def answer(capsys: pytest.CaptureFixture[str]) -> Any:
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def test_json(registry: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert predict(registry, "--json") == 0
    assert answer(capsys) == {
        "tags": ["app:v1", "app:v10"],
        "manifests": ["app@sha256:a"],
        "refused": [],
    }


def test_time_decides(registry: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert predict(registry, "--json", "--now", "2026-12-31T00:00:00") == 0
    assert answer(capsys)["tags"] == ["app:v1", "app:v10", "app:v11"]
    assert predict(registry, "--json", "--now", "2026-01-01") == 0
    assert answer(capsys)["tags"] == []


def test_what_is_not_foretold_is_unknown(registry: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert predict(registry, "--json", command="acr purge --filter 'app:v(?=1)' --ago 1d") == 3
    found = answer(capsys)
    assert (found["tags"], found["manifests"]) == ([], [])
    assert found["refused"][0].startswith("app: '(?=1'")


def test_several_commands_run_in_turn(registry: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = "acr purge --filter app:^v1$ --ago 30d"
    assert predict(registry, "--json", "--command", "acr purge --untagged-only", command=first) == 0
    assert answer(capsys) == {"tags": ["app:v1"], "manifests": ["app@sha256:a"], "refused": []}


def test_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Stdin:
        buffer = io.BytesIO(json.dumps(REGISTRY).encode())

    monkeypatch.setattr("sys.stdin", Stdin())
    assert predict("-", "--json") == 0
    assert answer(capsys)["tags"] == ["app:v1", "app:v10"]


def test_for_people(registry: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert predict(registry, "--in-use", "app") == 0
    said = capsys.readouterr().out
    assert said.startswith(
        "2 tags untagged, 1 manifests deleted, if it runs at 2026-11-26 12:00:00"
    )
    assert "  untag   app:v1\n" in said
    assert "  delete  app@sha256:a\n" in said
    assert "[UNANCHORED_TAG]" in said
    assert "    $ acr purge --filter 'app:^v1$' --ago 30d --untagged" in said


def test_a_dry_run_is_told(registry: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert predict(registry, command=f"{COMMAND} --dry-run") == 0
    assert "with --dry-run it only lists them" in capsys.readouterr().out


def test_names_do_not_move_the_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.json"
    held = {"name": "app\x1b[2J", "tags": [{"name": "v1", "lastUpdateTime": OLD}]}
    path.write_text(json.dumps({"repositories": [held]}))
    assert predict(str(path), command="acr purge --filter '.*:.*' --ago 1d") == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "no JSON"),
        ("[]", "must be an object"),
        ("{}", 'no "repositories"'),
        ('{"repositories": [{"name": 3}]}', "repositories[0].name is 3, and must be a text"),
        (
            '{"repositories": [{"name": "a", "tags": [{"name": "t", "lastUpdateTime": "soon"}]}]}',
            "repositories[0].tags[0].lastUpdateTime is 'soon', and must be a time such as",
        ),
    ],
)
def test_a_bad_file_is_wrong_usage(
    tmp_path: Path, content: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.json"
    path.write_text(content)
    assert predict(str(path), "--json") == 64
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"--registry {path}: ")
    assert says in err


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--now", "soon"], "--now is 'soon', and must be a time such as 2026-11-26T18:00:00Z"),
        (["--now", "0001-01-01T00:00:00+14:00"], "--now is '0001"),
    ],
)
def test_bad_arguments_are_wrong_usage(
    registry: str, more: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(registry, "--json", *more) == 64
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("acr purge", "--command: --filter REPOSITORY:TAG is missing"),
        ("rm -rf /", "is no purge; accepted: acr purge"),
        ("acr purge --filter a --ago 1d", "no colon"),
        ("acr purge --filter a:b --ago 7w", "unit 'w'"),
    ],
)
def test_a_command_that_is_refused_is_wrong_usage_and_takes_nothing(
    registry: str, command: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(registry, "--command", command) == 64
    assert capsys.readouterr().out == ""
    assert predict(registry, "--json", "--command", command) == 64
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["tags"], found["manifests"]) == ([], [])
    assert says in found["refused"][0]
    assert says in err


@pytest.mark.parametrize("name", ["nowhere.json", ".", "a\x00b"])
def test_a_file_that_cannot_be_read_is_wrong_usage(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(name, "--json") == 64
    assert "--registry is" in capsys.readouterr().err


def test_without_a_command_it_is_wrong_usage(
    registry: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict-purge", "--registry", registry]) == 64
    assert "one of --command and --task" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--command", COMMAND]])
def test_missing_arguments_are_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["predict-purge", *arguments])
    assert ended.value.code == 64


def test_lint_for_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["lint-purge", "--command", COMMAND, "--repository", "app"]
    assert main(arguments) == 2
    assert "[UNANCHORED_TAG]" in capsys.readouterr().out
    assert main([*arguments, "--json"]) == 2
    (found,) = answer(capsys)
    assert found["code"] == "UNANCHORED_TAG"
    assert found["corrected"] == "acr purge --filter 'app:^v1$' --ago 30d --untagged"


def test_lint_of_a_good_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint-purge", "--command", "acr purge --filter app:^v1$ --ago 30d"]) == 0
    assert capsys.readouterr().out == "no trap known\n"


def test_lint_of_no_purge(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint-purge", "--command", "ls"]) == 64
    assert "is no purge" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["predict_purge", "lint_purge"])
def test_it_loads_no_client_of_azure(command: str) -> None:
    program = f"import sys, shared.cli.{command}; print(*sys.modules, sep='\\n')"
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(ran.stdout.split())
    assert not {"azure", "azure.identity", "aiohttp", "asyncio", "stamina"} & loaded


class TestTasks:
    """``--task FILE``."""

    def predict(self, tmp_path: Path, registry: str, text: str, *more: str) -> int:
        path = tmp_path / "task.yaml"
        path.write_text(text)
        task = "predict-purge", "--registry", registry, "--task", str(path), "--json"
        return main([*task, "--now", "2026-11-26T12:00:00Z", *more])

    def test_its_purges_are_foretold(
        self, tmp_path: Path, registry: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = "steps:\n  - cmd: acr purge --filter app:^v1$ --ago 30d\n  - cmd: bash echo\n"
        assert self.predict(tmp_path, registry, text) == 0
        assert answer(capsys)["tags"] == ["app:v1"]

    def test_those_of_command_come_after(
        self, tmp_path: Path, registry: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = "steps:\n  - cmd: acr purge --filter app:^v1$ --ago 30d\n"
        more = "--command", "acr purge --untagged-only"
        assert self.predict(tmp_path, registry, text, *more) == 0
        assert answer(capsys)["manifests"] == ["app@sha256:a"]

    def test_a_step_that_is_not_understood_is_unknown(
        self, tmp_path: Path, registry: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = "steps:\n  - cmd: $cleanup\n  - cmd: acr purge --filter app:^v1$ --ago 30d\n"
        assert self.predict(tmp_path, registry, text) == 3
        found = answer(capsys)
        assert found["tags"] == ["app:v1"]
        assert found["refused"] == ["'$cleanup': what it runs is not known here"]

    def test_one_that_purges_nothing_is_wrong_usage(
        self, tmp_path: Path, registry: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.predict(tmp_path, registry, "steps:\n  - build: -t x .\n") == 64
        assert "no step of it purges" in capsys.readouterr().err

    def test_one_that_cannot_be_read_is_wrong_usage(
        self, registry: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = "predict-purge", "--registry", registry, "--task", "nowhere.yaml"
        assert main(arguments) == 64
        assert "--task is 'nowhere.yaml'" in capsys.readouterr().err


class TestLive:
    """``--login-server``; what reads it has tests of its own."""

    COMMAND = ("predict-purge", "--command", "acr purge --filter app:.* --ago 30d", "--json")

    def test_what_was_read_is_foretold(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def read(login_server: str, purges: Sequence[Purge]) -> RegistryContents:
            assert (login_server, len(purges)) == ("contoso.azurecr.io", 1)
            return parse_contents(json.dumps(REGISTRY).encode())

        monkeypatch.setattr("shared.cli.live_contents.live_contents", read)
        assert main([*self.COMMAND, "--login-server", "contoso.azurecr.io"]) == 0
        assert "app:v1" in answer(capsys)["tags"]

    def test_what_could_not_be_read_is_unknown(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def read(*_: object) -> RegistryContents:
            raise CouldNotLookError("403")

        monkeypatch.setattr("shared.cli.live_contents.live_contents", read)
        assert main([*self.COMMAND, "--login-server", "contoso"]) == 3
        out, err = capsys.readouterr()
        assert (out, err) == ("", "the registry could not be read: 403\n")

    def test_what_is_no_login_server_is_wrong_usage(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main([*self.COMMAND, "--login-server", "not a host"]) == 64
        assert "--login-server: registry = 'not a host'" in capsys.readouterr().err
