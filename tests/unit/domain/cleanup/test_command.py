"""Command lines: what is read, and what is refused as the tool refuses it."""

from datetime import timedelta

import pytest

from shared.domain.cleanup import Purge, RefusedError, parse_purge

MONTH = timedelta(days=30)
PLAIN = Purge(filters=("app:.*",), ago=MONTH)


@pytest.mark.parametrize(
    "command",
    [
        "acr purge --filter 'app:.*' --ago 30d",
        'acr purge --filter "app:.*" --ago 30d',
        "acr purge --filter app:.* --ago 30d",
        "acr purge --filter='app:.*' --ago=30d",
        "acr purge -f 'app:.*' --ago 30d",
        "acr purge -f'app:.*' --ago 30d",
        "acr purge -f='app:.*' --ago 30d",
        "acr purge --ago 30d --filter 'app:.*' -r contoso",
        "acr purge --registry contoso -u me -p secret -c x.json --filter 'app:.*' --ago 30d",
        "acr -r contoso purge --filter 'app:.*' --ago 30d",
        "acr purge --ago 7d --filter 'app:.*' --ago 30d",
        "acr purge --filter 'app:.*' --ago 30d --untagged=false --dry-run=0 --verbose",
        "acr purge --filter 'app:.*' --ago 30d words that it passes over",
        "acr purge --filter 'app:.*' --ago 30d -- --keep 3",
        "acr purge --filter 'app:.*' --ago 30d --filter-timeout-seconds 5 --repository-page-size 9",
        "acr purge \\\n  --filter 'app:.*' \\\n  --ago 30d",
        "acr purge `\r\n  --filter 'app:.*' `\r\n  --ago 30d",
        "acr purge --filter 'app:.*' --ago 30d -r {{ .Run.Registry }}",
        "acr-cli purge --filter 'app:.*' --ago 30d",
        "{{.Run.Registry}}/acr purge --filter 'app:.*' --ago 30d",
        "az acr run --registry contoso --cmd \"acr purge --filter 'app:.*' --ago 30d\" /dev/null",
        "az acr run --cmd=\"acr purge --filter 'app:.*' --ago 30d\" -r contoso /dev/null",
        "az acr task create -n p --cmd \"acr purge --filter 'app:.*' --ago 30d\" --schedule @daily",
        "az acr task update -n p --cmd \"acr purge --filter 'app:.*' --ago 30d\"",
        "PURGE_CMD=\"acr purge --filter 'app:.*' --ago 30d\"",
        "$PURGE_CMD=\"acr purge --filter 'app:.*' --ago 30d\"",
        "\"acr purge --filter 'app:.*' --ago 30d\"",
    ],
)
def test_all_say_the_same(command: str) -> None:
    assert parse_purge(command) == PLAIN


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("mcr.microsoft.com/acr/acr-cli:0.17", "0.17"),
        ("mcr.microsoft.com/acr/acr-cli:v0.5", "v0.5"),
        ("mcr.microsoft.com/acr/acr-cli:latest", "latest"),
        ("mcr.microsoft.com/acr/acr-cli", ""),
        ("mcr.microsoft.com/acr/acr-cli:0.17@sha256:0123abcd", "0.17"),
        ("contoso.azurecr.io:443/tools/acr-cli:0.11", "0.11"),
        ("{{.Run.Registry}}/acr:latest", "latest"),
    ],
)
def test_an_image_names_its_version(image: str, version: str) -> None:
    assert parse_purge(f"{image} purge --filter a:b --ago 1d").version == version


def test_every_flag() -> None:
    given = parse_purge(
        "acr purge --filter a:b -f c:d --ago 1d --keep 3 --untagged --include-locked --dry-run "
        "--concurrency 4"
    )
    assert given == Purge(
        filters=("a:b", "c:d"),
        ago=timedelta(days=1),
        keep=3,
        untagged=True,
        include_locked=True,
        dry_run=True,
        concurrency=4,
    )


def test_a_comma_does_not_part_filters() -> None:
    assert parse_purge("acr purge --filter a:b,c --ago 1d").filters == ("a:b,c",)


def test_untagged_only_needs_neither_filter_nor_age() -> None:
    assert parse_purge("acr purge --untagged-only") == Purge(untagged_only=True)


@pytest.mark.parametrize(
    ("value", "keep"),
    [("5", 5), ("0", 0), ("-3", 0), ("+5", 5), ("010", 8), ("0o10", 8), ("0x10", 16), ("0b11", 3)],
)
def test_keep_is_a_number_of_go_and_less_than_none_is_none(value: str, keep: int) -> None:
    assert parse_purge(f"acr purge --filter a:b --ago 1d --keep {value}").keep == keep


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("", "is no purge"),
        ("   ", "is no purge"),
        ("acr", "is no purge"),
        ("purge --filter a:b --ago 1d", "is no purge"),
        ("docker pull app", "is no purge"),
        ("acr tag list -r contoso", "is no purge"),
        ("az acr repository delete -n contoso --image app:v1", "runs no purge"),
        ("az acr run -f task.yaml .", "in a file"),
        ("acr purge", "--filter REPOSITORY:TAG is missing"),
        ("acr purge --ago 1d", "--filter REPOSITORY:TAG is missing"),
        ("acr purge --filter a:b", "--ago DURATION"),
        ("acr purge --filter a:b --untagged", "--ago DURATION"),
        ("acr purge --filter a:b --ago", "--ago needs a value"),
        ("acr purge --filter a:b --ago 1d --keep", "--keep needs a value"),
        ("acr purge --filter a:b --ago 1d --keep many", "whole number"),
        ("acr purge --filter a:b --ago 1d --keep 1.5", "whole number"),
        ("acr purge --filter a:b --ago 1d --keep 1_0", "whole number"),
        ("acr purge --filter a:b --ago 1d --keep ''", "whole number"),
        ("acr purge --filter a:b --ago 1d --untagged=maybe", "true or false"),
        ("acr purge --filter a:b --ago 1d --untaged", "has no flag --untaged"),
        ("acr purge --filter a:b --ago 1d -dry-run", "has no flag -d"),
        ("acr purge --filter a:b --ago 1d --max-tags -1", "must not be negative"),
        ("acr purge --filter a:b --ago 1d --max-tags 3 --keep 0", "--keep and --max-tags exclude"),
        ("acr purge --filter a:b --max-tags 3 --min-tags 1", "--min-tags needs --ago"),
        ("acr purge --filter a:b --ago 1d --max-tags 3 --min-tags 4", "larger than --max-tags"),
        ("acr purge --untagged-only --max-tags 3", "do not go with --untagged-only"),
        ("acr purge --filter a:b --ago 1d --max-untagged-manifests 3", "need --untagged or"),
        ("acr purge --untagged-only --min-untagged-manifests 3", "needs --ago"),
        ("acr purge --filter a:b --untagged --max-untagged-manifests 3", "--ago DURATION"),
        (
            "mcr.microsoft.com/acr/acr-cli:0.19 purge --filter a:b --ago 1d --max-tags 3",
            "0.19 has no flag --max-tags",
        ),
        ("acr purge --filter a:b --ago 1d --untagged --untagged-only", "exclude each other"),
        ("acr purge --filter a:b --ago 1d --keep many --keep 1", "whole number"),
        ("acr purge --filter a:b --ago 1d --keep 9223372036854775808", "too large"),
        ("acr purge --filter a:b --ago 1d --dry-run=maybe --dry-run", "true or false"),
        ("acr purge --untagged-only --untagged=false", "exclude each other"),
        ("acr purge --filter a:b --ago 1d --untagged --untagged-only=0", "exclude each other"),
        ("acr purge --filter a:b --ago 1d --repository-page-size 0", "page-size is 0"),
        ("acr purge --filter a:b --ago 1d --repository-page-size -1", "page-size is -1"),
        ("acr purge --filter a:b --ago 1d --repository-page-size 2147483648", "page-size is 21"),
        ("acr purge --filter 'a:b\r\n' --ago 1d", "line break"),
        ("acr purge --untagged=false --untagged-only", "exclude each other"),
        ("acr purge --filter a:b --ago 1d --help", "prints its help"),
        ("acr purge --filter a:b --ago 1d -h", "prints its help"),
        ("acr purge --filter a:b --ago 7w", "unit 'w'"),
        ("acr purge --filter a --ago 1d", "no colon"),
        ("acr purge --filter a:b:c --ago 1d", "2 colons"),
        ("acr purge --filter a: --ago 1d", "has no tag"),
        ("acr purge --filter :b --ago 1d", "has no repository"),
        ("acr purge --filter '$FILTER' --ago 1d", r"\$FILTER"),
        ("acr purge --filter 'a:${X}' --ago 1d", "not known here"),
        ("acr purge --filter 'a:$(date)' --ago 1d", "not known here"),
        ("acr purge --filter 'a:{{.Values.tag}}' --ago 1d", "not known here"),
        ("acr purge --filter a:b --ago '$AGO'", "not known here"),
        ("acr purge --filter 'a:b --ago 1d", "quotation"),
        ("acr purge --filter a:b --ago 1d && acr purge --filter c:d --ago 1d", "one command"),
        ("acr purge --filter a:b --ago 1d ; reboot", "one command|--ago"),
        ("mcr.microsoft.com/acr/acr-cli:0.16 purge --filter a:b --ago 1d --include-locked", "0.16"),
        ("mcr.microsoft.com/acr/acr-cli:0.17 purge --untagged-only", "0.17 has no flag"),
        (
            "mcr.microsoft.com/acr/acr-cli:0.17 purge --filter a:b --ago 1d --untagged-only=false",
            "0.17 has no flag --untagged-only",
        ),
        (
            "mcr.microsoft.com/acr/acr-cli:0.17 purge --filter a:b --ago 1d --verbose",
            "0.17 has no flag --verbose",
        ),
        (
            "mcr.microsoft.com/acr/acr-cli:0.18 purge --filter a:b --ago 1d --verbose",
            "whether acr-cli 0.18 has a flag --verbose is not known",
        ),
        ("acr purge --filter a:b --ago 1d " + "x" * 20_000, "longer than"),
        ("acr purge --ago 1d" + " -f a:b" * 201, "more than 200 filters"),
        ("mcr.microsoft.com/acr/acr-cli:0.16 purge --filter a:b --ago 110000d", "not foretold"),
        ("mcr.microsoft.com/acr/acr-cli:0.5 purge --filter a:b --ago abc", "not foretold"),
        ("A='B=\"C=acr\"'", "is no purge|too often"),
    ],
)
def test_what_is_refused_says_why(command: str, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        parse_purge(command)


def test_the_regular_dollar_is_no_variable() -> None:
    assert parse_purge("acr purge --filter 'a:^(v1$|v2)$' --ago 1d").filters == ("a:^(v1$|v2)$",)
