"""From error texts to causes."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.explain import CauseLabel, Certainty, explain
from tests.unit.explain.behind import BEHIND
from tests.unit.explain.runtimes import RUNTIMES
from tests.unit.explain.said import SAID
from tests.unit.explain.services import SERVICES
from tests.unit.explain.shapes import ANONYMOUS_401, DIGEST, IMAGE, OAUTH_401, kubelet, resolve
from tests.unit.explain.wordings import ERROR, OPINIONS, REMARKS, WORDINGS

PINNED = f"fabrikam.azurecr.io/shop/cart@{DIGEST}"
TEXTS = [*RUNTIMES, *SERVICES, *SAID, *WORDINGS, *BEHIND]
MEGABYTE = 1_000_000


@pytest.mark.parametrize(("text", "cause"), TEXTS, ids=[text[:60] for text, _ in TEXTS])
def test_a_text_tells_its_cause(text: str, cause: CauseLabel | None) -> None:
    found = explain(text)
    assert found.cause is (cause or CauseLabel.UNKNOWN), found


@pytest.mark.parametrize(("text", "cause"), TEXTS, ids=[text[:60] for text, _ in TEXTS])
def test_a_text_within_json_tells_the_same(text: str, cause: CauseLabel | None) -> None:
    """As platforms log: the whole text as a message, escaped."""
    assert cause is None or explain(json.dumps({"message": text})).cause is cause
    assert cause is None or explain(json.dumps(json.dumps({"message": text}))).cause is cause


@pytest.mark.parametrize(("text", "cause"), TEXTS, ids=[text[:60] for text, _ in TEXTS])
def test_an_unknown_cause_is_never_claimed_with_certainty(
    text: str, cause: CauseLabel | None
) -> None:
    found = explain(text)
    if found.cause is CauseLabel.UNKNOWN:
        assert found.confidence is Certainty.LOW
    else:
        assert cause is found.cause
        assert found.candidates == ()
    assert found.why


def test_causes_that_fit_alike_are_named() -> None:
    found = explain(kubelet(OAUTH_401))
    assert {CauseLabel.AUTH_MISSING_ROLE, CauseLabel.AUTH_BAD_CREDENTIALS} <= set(found.candidates)
    assert CauseLabel.AUTH_ANONYMOUS_DENIED not in found.candidates


def test_the_anonymous_attempt_after_a_failed_one_is_noise() -> None:
    assert explain(kubelet(OAUTH_401, ANONYMOUS_401)) == explain(kubelet(OAUTH_401))


@pytest.mark.parametrize("first", [OAUTH_401, ANONYMOUS_401])
def test_the_order_of_attempts_does_not_matter(first: str) -> None:
    other = "no space left on device"
    assert explain(kubelet(first, other)).cause is CauseLabel.DISK_FULL_NODE
    assert explain(kubelet(other, first)).cause is CauseLabel.DISK_FULL_NODE


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        (kubelet("whatever"), IMAGE),
        (f"reading {IMAGE}: manifest unknown", IMAGE),
        (
            f"fabrikam.azurecr.io/shop/cart@{DIGEST} is gone",
            f"fabrikam.azurecr.io/shop/cart@{DIGEST}",
        ),
        ('Failed to pull image "nginx:1.27"', "nginx:1.27"),
        ('Head "https://fabrikam.azurecr.io/v2/shop/cart/manifests/1": EOF', ""),
        ('Failed to pull image "NOT A NAME"', ""),
        ("nothing here", ""),
    ],
)
def test_the_image_that_a_text_names_is_found(text: str, reference: str) -> None:
    assert explain(text).reference == reference


def test_every_cause_has_a_meaning() -> None:
    assert all(cause.meaning for cause in CauseLabel)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=2_000))
def test_any_text_is_explained(text: str) -> None:
    assert explain(text).cause in CauseLabel


FRAGMENTS = st.sampled_from(
    [
        *("rpc error: ", ": ", "\n", "[", "]", "{", "}", '"', "\\", "401 Unauthorized", "status "),
        *("lookup a on b:53", "dial tcp 10.0.0.1:443", '{"errors":[{"code":"X","message":"y"}]}'),
        *("⟦0⟧", "/v2/", "azurecr.io/", "denied", "from Docker hub", "oauth token", "\\u0027"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS, max_size=60).map("".join))
def test_any_heap_of_fragments_is_explained(text: str) -> None:
    assert explain(text) == explain(text)


UNITS = st.text(st.characters(), min_size=1, max_size=12) | FRAGMENTS


@settings(max_examples=20, deadline=None)
@given(st.lists(UNITS, min_size=1, max_size=4).map("".join))
def test_any_unit_a_great_many_times_is_explained(unit: str) -> None:
    text = unit * (MEGABYTE // 10 // len(unit))
    assert explain(text).cause in CauseLabel


def test_lone_surrogates_and_nul_are_text_too() -> None:
    assert explain("\x00\udc80 toomanyrequests \ud800").cause is CauseLabel.THROTTLED
    assert explain('{"message": "\\ud800 toomanyrequests"}').cause is CauseLabel.THROTTLED


@pytest.mark.parametrize(
    "unit",
    [
        *(": ", "[", ": [a", ": [a: b, ", "a/b:c ", 'msg="a', "│\n│ ", "&quot;", "\ud800", "\x00"),
        *("\ue000", "a.a/", "https://a/", "sha256:", "'a.b", "lookup ", "<", '{"message":"{'),
        *(
            "a",
            "{",
            "[",
            '{"a":',
            "x: \n",
            "dial tcp ",
            ".azurecr.",
            "\\",
            "lookup a on ",
            "status ",
        ),
        *("⟦1⟧", '{"code":"x"}', 'image "', ", rpc error:", "http://", "404 ", " ", "\\u0027"),
    ],
)
def test_a_megabyte_is_explained_at_once(unit: str) -> None:
    started = time.process_time()
    explain(unit * (MEGABYTE // len(unit)))
    assert time.process_time() - started < 1.0, "no expression may backtrack"


def test_a_cause_at_either_end_of_a_long_text_is_found() -> None:
    padding = "x" * MEGABYTE
    assert explain(f"toomanyrequests\n{padding}").cause is CauseLabel.THROTTLED
    assert explain(f"{padding}\ntoomanyrequests").cause is CauseLabel.THROTTLED


def test_what_a_log_tells_for_debugging_comes_last() -> None:
    """Every login begins with a 401; what matters is what was an error in the end."""
    debug = 'time="2026-03-01T09:10:11Z" level=debug msg="GET https://a.azurecr.io/v2/ status 401"'
    error = 'time="2026-03-01T09:10:12Z" level=error msg="pull failed: toomanyrequests: slow"'
    assert explain(f"{debug}\n{error}").cause is CauseLabel.THROTTLED
    tls = 'time="2026-03-01T09:10:11Z" level=debug msg="mirror: x509: certificate has expired"'
    assert explain(f"{tls}\n{error}").cause is CauseLabel.THROTTLED
    assert explain(tls).cause is CauseLabel.NETWORK_TLS


@pytest.mark.parametrize("remark", REMARKS)
def test_a_remark_is_no_error(remark: str) -> None:
    assert explain(remark).cause is CauseLabel.UNKNOWN


@pytest.mark.parametrize("remark", [*REMARKS, *OPINIONS])
def test_an_error_counts_more_than_what_is_said_of_it(remark: str) -> None:
    assert explain(f"{ERROR}\n\n{remark}").cause is CauseLabel.NOT_FOUND_TAG
    assert explain(f"{remark}\n\n{ERROR}").cause is CauseLabel.NOT_FOUND_TAG


@pytest.mark.parametrize(
    "text",
    [
        "dial tcp: lookup fabrikam.azurecr.io on 10.0.0.2:53: no such host",
        kubelet(ANONYMOUS_401),
        "unable to retrieve auth token: invalid username/password: unauthorized",
        kubelet('Get "https://fabrikam.azurecr.io/v2/": unauthorized: authentication required'),
        kubelet(resolve(f"{IMAGE}: not found"), code="NotFound"),
        'Get "https://fabrikam.azurecr.io/v2/": unauthorized: authentication required',
        "https://a.azurecr.io/v2/: x509: certificate is valid for b.example, not a.azurecr.io",
        "Access to registry 'fabrikam.azurecr.io' was denied. Response code: 401.",
        "The Microsoft.ContainerRegistry/registries x could not be found in subscription s.",
        "Run docker command to pull public image failed: unauthorized: authentication required",
        'Get "https://a.azurecr.io/v2/": dial tcp x.x.x.x:443: i/o timeout',
        "pull access denied for somebody/cart, repository does not exist or may require login",
        f"received unexpected HTTP status: 500 Internal Server Error\n{OAUTH_401}",
    ],
)
def test_what_has_another_frequent_explanation_is_a_guess(text: str) -> None:
    found = explain(text)
    assert found.cause is not CauseLabel.UNKNOWN
    assert found.confidence is Certainty.LOW


def test_of_causes_that_weigh_the_same_the_plainer_counts() -> None:
    plain = "repository name not known to registry"
    assert explain(f"404 (Not Found)\n{plain}").cause is CauseLabel.NOT_FOUND_REPOSITORY
    assert explain(f"{plain}\n404 (Not Found)").cause is CauseLabel.NOT_FOUND_REPOSITORY


def test_a_folded_line_is_read_as_one() -> None:
    """As YAML folds a message: what was not found stands in the line before."""
    text = (
        '  message: \'Failed to pull image "quay.io/shop-of-wingtip/the-cart:v2.0.0": this\n'
        "    may be because there are no credentials on this request.  details: (Tag v2.0.0\n"
        "    not found in repository quay.io/shop-of-wingtip/the-cart)'\n"
        "  reason: Failed"
    )
    assert explain(text).cause is CauseLabel.NOT_FOUND_TAG
