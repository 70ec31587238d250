"""What ACR tasks run, out of their YAML."""

import base64
import re

import pytest

from shared.domain.cleanup import CleanupTask, parse_purge, read_encoded_task, read_task

PURGE = "acr purge --filter 'app:.*' --ago 30d"


def commands(text: str, **values: str) -> tuple[str, ...]:
    found = read_task(text, values=values)
    assert found.refused == ()
    for command in found.commands:
        parse_purge(command)
    return found.commands


def refused(text: str, **values: str) -> tuple[str, ...]:
    found = read_task(text, values=values)
    assert found.commands == ()
    return found.refused


def steps(*cmds: str) -> str:
    return "version: v1.1.0\nsteps:\n" + "".join(f"  - cmd: {cmd}\n" for cmd in cmds)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_as_azure_cli_writes_it() -> None:
    text = steps(PURGE) + "    disableWorkingDirectoryOverride: true\n    timeout: 3600\n"
    assert commands(text) == (PURGE,)


def test_name_state_and_schedules_are_passed_on() -> None:
    found = read_task(steps(PURGE), name="nightly", enabled=False, schedules=["0 3 * * *"])
    assert found == CleanupTask("nightly", False, ("0 3 * * *",), (PURGE,))


def test_a_schedule_that_is_none_is_refused() -> None:
    found = read_task(steps(PURGE), schedules=["0 3 * * *", "sometimes"])
    assert found.schedules == ("0 3 * * *",)
    assert "sometimes" in found.refused[0]


def test_several_steps_and_those_of_others() -> None:
    other = "acr purge --filter web:v1 --ago 1d --untagged"
    assert commands(
        steps(PURGE, "bash echo hello", other) + "  - build: -t x .\n  - push: [x]\n"
    ) == (
        PURGE,
        other,
    )


def test_a_value_holds_the_command() -> None:
    assert commands(steps("{{.Values.command}}"), command=PURGE) == (PURGE,)
    assert commands(steps("{{ .Values.command }}"), command=PURGE) == (PURGE,)


def test_values_within_a_command() -> None:
    text = steps("acr purge --filter '{{.Values.repo}}:.*' --ago {{.Values.age}}")
    assert commands(text, repo="app", age="30d") == (PURGE,)


def test_the_registry_may_stay_unknown() -> None:
    text = steps("{{ .Run.Registry }}/acr:latest purge -r {{.Run.Registry}} --filter a:b --ago 1d")
    assert commands(text) == (
        "'{{.Run.Registry}}/acr:latest' purge -r '{{.Run.Registry}}' --filter a:b --ago 1d",
    )


def test_aliases_of_the_file() -> None:
    text = (
        "version: v1.1.0\nalias:\n  values:\n    cli: mcr.microsoft.com/acr/acr-cli:0.17\n"
        "    age: 30d\nsteps:\n  - cmd: $cli purge --filter 'app:^v$' --ago ${age} -r $Registry\n"
    )
    (command,) = commands(text)
    image = "mcr.microsoft.com/acr/acr-cli:0.17"
    assert command == f"{image} purge --filter 'app:^v$' --ago 30d -r '{{{{.Run.Registry}}}}'"


def test_an_unknown_template_elsewhere_does_no_harm() -> None:
    assert commands(steps(PURGE) + "  - build: -t {{.Values.image | quote}} .\n") == (PURGE,)


@pytest.mark.parametrize("command", [PURGE, f'az acr run -r contoso --cmd "{PURGE}" /dev/null'])
def test_a_bare_command(command: str) -> None:
    assert commands(command) == (PURGE,)


def test_a_folded_command() -> None:
    text = "steps:\n  - cmd: >-\n      acr purge\n      --filter 'app:.*'\n      --ago 30d\n"
    assert commands(text) == (PURGE,)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no list of steps"),
        ("version: v1.1.0", "no list of steps"),
        ("steps: none", "no list of steps"),
        ("- a", "no list of steps"),
        (steps("acr purge --filter a:b"), "--ago DURATION"),
        (steps("acr purge --filter 'a:$TAGS' --ago 1d"), r"\$TAGS"),
        (steps("acr purge --filter 'a:{{.Values.t}}' --ago 1d"), "not known here"),
        (steps("acr purge --filter a:b --ago {{.Values.t}}"), "not known here"),
        (steps("{{.Values.command}}"), "what it runs is not known"),
        (steps("$cleanup"), "what it runs is not known"),
        (
            steps("mcr.microsoft.com/acr/acr-cli:0.1 purge --untagged-only"),
            "no flag --untagged-only",
        ),
        ("steps: [", "no YAML"),
        ("a: b: c", "no YAML"),
        ("\x00", "no YAML"),
        ("a: &a [x]\nb: *a", "alias"),
        ("a: !!python/object:os.system x", "no YAML"),
        ("[" * 100, "too deeply"),
        ("x: {" + "a: {" * 100, "too deeply|no YAML"),
        ("- a\n" * 6000, "too many parts"),
        ("x" * 70_000, "more than"),
        ("? [a, b]\n: c\n", "no list of steps|no YAML"),
    ],
)
def test_what_is_not_understood_says_why(text: str, why: str) -> None:
    found = refused(text)
    assert re.search(why, " ".join(found))


def test_steps_of_odd_shapes_are_passed_over() -> None:
    assert (
        commands("steps: [1, null, text, {cmd: null}, {cmd: [a]}, {cmd: {a: b}}, {cmd: ''}]") == ()
    )


def test_encoded() -> None:
    assert read_encoded_task(encoded(steps(PURGE)), name="n").commands == (PURGE,)
    wrapped = "\n".join(encoded(steps(PURGE))[at : at + 20] for at in range(0, 200, 20))
    assert read_encoded_task(wrapped).commands == (PURGE,)


def test_encoded_values() -> None:
    found = read_encoded_task(
        encoded(steps("{{.Values.command}}")), encoded_values=encoded(f"command: {PURGE}\n")
    )
    assert found.commands == (PURGE,)


def test_set_values_win_over_encoded_ones() -> None:
    found = read_encoded_task(
        encoded(steps("acr purge --filter a:b --ago {{.Values.age}}")),
        encoded_values=encoded("age: 1d\n"),
        values={"age": "9d"},
    )
    assert found.commands == ("acr purge --filter a:b --ago 9d",)


@pytest.mark.parametrize("content", ["***", "YQ", "/w==", "A" * 100_001])
def test_what_is_not_encoded_is_refused(content: str) -> None:
    found = read_encoded_task(content, name="n", schedules=["0 3 * * *"])
    assert (found.commands, found.schedules) == ((), ("0 3 * * *",))
    assert len(found.refused) == 1


@pytest.mark.parametrize("values", ["[a]", "a: b: c", "- x"])
def test_values_that_are_no_mapping_are_refused(values: str) -> None:
    found = read_encoded_task(encoded(steps(PURGE)), encoded_values=encoded(values))
    assert (found.commands, len(found.refused)) == ((), 1)


def test_aliases_do_not_grow_without_end() -> None:
    doubling = {f"a{at}": f"$a{at + 1}$a{at + 1}" for at in range(40)}
    text = "alias:\n  values:\n" + "".join(f"    {k}: {v}\n" for k, v in doubling.items())
    found = read_task(text + "steps:\n  - cmd: $a0 acr purge\n")
    assert found.commands == ()


def test_values_do_not_grow_without_end() -> None:
    text = "steps:\n" + "  - cmd: {{.Values.x}}\n" * 100
    assert "too long" in refused(text, x="y" * 10_000)[0]
