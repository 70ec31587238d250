"""Untagged manifests: what the tool's code spares, release by release."""

import json

import pytest

from shared.domain.cleanup import ManifestEntry, doomed, parse_contents, parse_purge
from tests.unit.domain.cleanup.things import (
    DOCKER,
    DOCKER_LIST,
    LOCKED,
    NOW,
    OCI,
    OCI_ARTIFACT,
    OCI_INDEX,
    manifest,
    manifests_of,
    purge,
    repository,
    tag,
)

UNTAGGED = "acr purge --filter 'app:^$' --ago 30d --untagged"
ONLY = "acr purge --untagged-only"


def old(version: str, more: str = "") -> str:
    flags = f"--filter 'app:^$' --ago 30d --untagged{more}"
    return f"mcr.microsoft.com/acr/acr-cli:{version} purge {flags}"


def index(digest: str, *children: str, kind: str = OCI_INDEX, tagged: bool = True, age: float = 100,
          subject: str = "") -> ManifestEntry:  # fmt: skip
    return manifest(
        digest, age, kind, tags=["latest"] if tagged else [], children=children, subject=subject
    )


class TestAge:
    def test_from_0_17_untagged_honours_ago(self) -> None:
        held = manifest("a", 10), manifest("b", 40)
        assert manifests_of(UNTAGGED, *held) == "b"
        assert manifests_of(old("0.17"), *held) == "b"
        assert manifests_of(old("0.16"), *held) == "a b"

    def test_untagged_only_takes_all_without_ago(self) -> None:
        held = manifest("a", 0.001), manifest("b", 40)
        assert manifests_of(ONLY, *held) == "a b"
        assert manifests_of(f"{ONLY} --ago 30d", *held) == "b"

    def test_what_has_no_time_stays(self) -> None:
        assert manifests_of(ONLY, manifest("a", None)) == ""
        assert manifests_of(UNTAGGED, manifest("a", None)) == ""
        assert manifests_of(old("0.16"), manifest("a", None)) == "a"

    def test_a_time_to_come_stays(self) -> None:
        assert manifests_of(ONLY, manifest("a", -1)) == ""


class TestKeep:
    HELD = tuple(manifest(name, 40 + at) for at, name in enumerate("abcde"))

    @pytest.mark.parametrize(("keep", "taken"), [(1, "b c d e"), (3, "d e"), (4, "e")])
    def test_the_newest_stay(self, keep: int, taken: str) -> None:
        assert manifests_of(f"{UNTAGGED} --keep {keep}", *self.HELD) == taken
        assert manifests_of(f"{ONLY} --keep {keep}", *self.HELD) == taken

    @pytest.mark.parametrize("keep", [5, 6, 100])
    def test_where_no_more_than_that_are_there_all_go(self, keep: int) -> None:
        assert manifests_of(f"{ONLY} --keep {keep}", *self.HELD) == "a b c d e"

    def test_later_releases_keep_them(self) -> None:
        command = "mcr.microsoft.com/acr/acr-cli:0.20 purge --untagged-only --keep 5"
        assert manifests_of(command, *self.HELD) == ""

    @pytest.mark.parametrize("version", ["0.16", "0.17"])
    def test_before_0_18_keep_is_for_tags_alone(self, version: str) -> None:
        assert manifests_of(old(version, " --keep 2"), *self.HELD) == "a b c d e"

    def test_it_counts_tags_and_then_manifests(self) -> None:
        """Azure/acr-cli 644: 50 tags, keep 10, and 20 manifests are left."""
        tags = [tag(f"v{at:02}", 40 + at, f"d{at:02}") for at in range(50)]
        held = [manifest(one.digest, 40 + at, tags=[one.name]) for at, one in enumerate(tags)]
        command = "acr purge --filter 'app:.*' --ago 0d --untagged --keep 10"
        found = purge(command, repository("app", tags, held))
        assert (len(found.tags), len(found.manifests)) == (40, 30)

    def test_of_one_time_the_lower_digests_stay(self) -> None:
        held = manifest("c", 40), manifest("a", 40), manifest("b", 40)
        assert manifests_of(f"{ONLY} --keep 1", *held) == "b c"

    def test_of_one_microsecond_the_newest_nanosecond_stays(self) -> None:
        held = [
            {"digest": digest, "mediaType": DOCKER, "lastUpdateTime": f"2026-09-01T12:00:00.{at}Z"}
            for digest, at in (("a", "1234561"), ("b", "1234569"), ("c", "12345689"))
        ]
        contents = parse_contents(
            json.dumps({"repositories": [{"name": "app", "manifests": held}]}).encode()
        )
        found = doomed(parse_purge(f"{ONLY} --keep 1"), contents, NOW)
        assert found.manifests == ("app@a", "app@c")

    def test_spared_and_locked_ones_do_not_count(self) -> None:
        held = (
            index("i", "child"),
            manifest("child", 31),
            manifest("locked", 32, lock=LOCKED),
            manifest("x", 40),
            manifest("y", 50),
        )
        assert manifests_of(f"{ONLY} --keep 1", *held) == "y"


class TestLocks:
    def test_a_locked_manifest_stays(self) -> None:
        assert manifests_of(ONLY, manifest("a", lock=LOCKED)) == ""

    def test_unless_include_locked(self) -> None:
        assert manifests_of(f"{ONLY} --include-locked", manifest("a", lock=LOCKED)) == "a"

    def test_a_locked_index_protects_none_of_its_children(self) -> None:
        held = (
            manifest("i", kind=OCI_INDEX, tags=["v1"], children=["c"], lock=LOCKED),
            manifest("c", kind=OCI),
        )
        assert manifests_of(ONLY, *held) == "c"
        assert manifests_of(f"{ONLY} --include-locked", *held) == ""


@pytest.mark.parametrize("kind", [OCI_INDEX, DOCKER_LIST])
class TestChildren:
    def test_of_a_tagged_index_stay(self, kind: str) -> None:
        held = index("i", "c", kind=kind), manifest("c", kind=OCI), manifest("other")
        assert manifests_of(ONLY, *held) == "other"

    def test_in_whatever_order_they_are_listed(self, kind: str) -> None:
        held = manifest("c", kind=OCI), index("i", "c", kind=kind)
        assert manifests_of(ONLY, *held) == ""

    def test_of_an_index_that_loses_its_tag_go_with_it(self, kind: str) -> None:
        held = index("i", "c", kind=kind), manifest("c", kind=OCI)
        command = "acr purge --filter 'app:.*' --ago 30d --untagged"
        assert manifests_of(command, *held, tags=[tag("latest", digest="i")]) == "c i"

    def test_of_an_untagged_index_go_with_it(self, kind: str) -> None:
        held = index("i", "c", kind=kind, tagged=False), manifest("c", kind=OCI)
        assert manifests_of(UNTAGGED, *held) == "c i"

    def test_of_a_young_untagged_index_stay(self, kind: str) -> None:
        held = index("i", "c", kind=kind, tagged=False, age=3), manifest("c", kind=OCI)
        assert manifests_of(UNTAGGED, *held) == ""

    def test_that_are_shared_stay_while_one_index_stays(self, kind: str) -> None:
        held = (
            index("i", "c", kind=kind, tagged=False),
            index("j", "c", kind=kind),
            manifest("c", kind=OCI),
        )
        assert manifests_of(ONLY, *held) == "i"

    def test_of_children_stay_too(self, kind: str) -> None:
        held = (
            index("i", "j", kind=kind),
            index("j", "c", kind=OCI_INDEX, tagged=False),
            manifest("c"),
        )
        assert manifests_of(ONLY, *held) == ""

    def test_that_refer_to_each_other_end(self, kind: str) -> None:
        held = index("i", "j", kind=kind), index("j", "i", "j", kind=kind, tagged=False)
        assert manifests_of(ONLY, *held) == ""

    def test_that_are_gone_already_do_no_harm(self, kind: str) -> None:
        assert manifests_of(ONLY, index("i", "gone", kind=kind), manifest("x")) == "x"


class TestReferrers:
    @pytest.mark.parametrize("kind", [OCI, OCI_ARTIFACT])
    def test_with_a_subject_they_stay(self, kind: str) -> None:
        held = manifest("s", kind=kind, subject="a"), manifest("t", kind=kind)
        assert manifests_of(ONLY, *held) == "t"

    def test_a_reference_of_what_is_no_index_is_its_subject(self) -> None:
        held = (
            manifest("s", kind=OCI, children=["a"]),
            manifest("t", kind=OCI, children=["a-layer"]),
            manifest("a", tags=["v1"]),
        )
        assert manifests_of(ONLY, *held) == "t"

    def test_docker_manifests_have_none(self) -> None:
        held = manifest("s", kind=DOCKER, children=["a"], subject="a"), manifest("a", tags=["v1"])
        assert manifests_of(ONLY, *held) == "s"

    def test_an_index_with_a_subject_protects_its_children_but_not_itself(self) -> None:
        held = index("i", "c", tagged=False, subject="a"), manifest("c", kind=OCI)
        assert manifests_of(ONLY, *held) == "i"

    def test_without_children_it_stays(self) -> None:
        assert manifests_of(ONLY, index("i", tagged=False, subject="a")) == ""


class TestKinds:
    def test_what_has_no_media_type_stays(self) -> None:
        assert manifests_of(ONLY, manifest("a", kind="")) == ""

    def test_and_keeps_its_children_where_it_is_tagged(self) -> None:
        held = manifest("i", kind="", tags=["v1"], children=["c"]), manifest("c")
        assert manifests_of(ONLY, *held) == ""

    @pytest.mark.parametrize("kind", [DOCKER, OCI, OCI_INDEX, DOCKER_LIST, OCI_ARTIFACT, "text/x"])
    def test_every_other_kind_goes(self, kind: str) -> None:
        assert manifests_of(ONLY, manifest("a", kind=kind)) == "a"


class TestOldReleases:
    """Rule 9."""

    HELD = index("i", "c"), manifest("c", kind=OCI), manifest("s", kind=OCI, subject="i")

    def test_up_to_0_5_children_of_oci_indexes_and_referrers_go(self) -> None:
        assert manifests_of(old("0.1"), *self.HELD) == "c s"
        assert manifests_of(old("0.5"), *self.HELD) == "c s"

    def test_but_not_those_of_docker_lists(self) -> None:
        held = index("i", "c", kind=DOCKER_LIST), manifest("c")
        assert manifests_of(old("0.5"), *held) == ""

    def test_from_0_11_they_stay(self) -> None:
        assert manifests_of(old("0.11"), *self.HELD) == ""

    @pytest.mark.parametrize("version", ["0.6", "0.8", "0.10"])
    def test_between_them_it_is_not_known(self, version: str) -> None:
        found = purge(old(version), repository("app", [], self.HELD), repository("web"))
        assert found.manifests == ()
        assert len(found.refused) == 1
        assert f"acr-cli {version} spares the children of OCI indexes" in found.refused[0]

    @pytest.mark.parametrize("version", ["0.5", "0.11", "0.16"])
    @pytest.mark.parametrize(
        "held",
        [
            (manifest("i", kind=DOCKER_LIST, tags=["v1"], children=["c"], lock=LOCKED),),
            (index("i", "j", kind=DOCKER_LIST), index("j", "c", kind=DOCKER_LIST, tagged=False)),
            (index("i", "c", tagged=False, subject="a"),),
        ],
    )
    def test_nor_is_what_they_did_with_odd_indexes(
        self, version: str, held: tuple[ManifestEntry, ...]
    ) -> None:
        found = purge(old(version), repository("app", [], (*held, manifest("c"))))
        assert (found.manifests, len(found.refused)) == ((), 1)
        assert purge(old("0.17"), repository("app", [], (*held, manifest("c")))).refused == ()

    def test_which_does_not_matter_without_any(self) -> None:
        assert manifests_of(old("0.8"), manifest("a"), manifest("b", tags=["v1"])) == "a"

    def test_whether_the_oldest_take_expressions_for_repositories_is_not_known(self) -> None:
        image = "mcr.microsoft.com/acr/acr-cli:0.2"
        found = purge(f"{image} purge --filter 'ap.:v' --ago 1d", repository("app", [tag("v1")]))
        assert (found.tags, len(found.refused)) == ((), 1)
        assert purge(
            f"{image} purge --filter app:v --ago 1d", repository("app", [tag("v1")])
        ).tags == ("app:v1",)
