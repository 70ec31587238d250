"""The simulator's counters, told apart by who had to answer."""

from bench.counts import Counts, read


def test_requests_are_counted_by_who_answers() -> None:
    shown = {
        "hosts": {
            "bench0.azurecr.io": {
                "GET /v2/": 1,
                "GET /acr/v1/{repository}/_tags": 10,
                "POST /oauth2/token": 5,
                "POST /oauth2/exchange": 2,
            },
            "bench1.azurecr.io": {"GET /acr/v1/{repository}/_manifests": 10},
            "management.azure.com": {"POST Microsoft.ResourceGraph/resources": 4},
            "x.hcp.westeurope.azmk8s.io": {"GET v1/pods": 3},
            "graph.microsoft.com": {"GET /v1.0/servicePrincipals": 6},
            "hooks.example.com": {"POST /": 7},
        },
        "repeated": {},
    }
    assert read(shown) == Counts(
        data_plane=21, tokens=5, exchanges=2, arm=4, kubernetes=3, graph=6, other=7
    )


def test_what_was_repeated_is_kept_with_its_number() -> None:
    shown = {"hosts": {}, "repeated": {"GET b/2": 3, "GET a/1": 2}}
    assert read(shown).repeated == (("GET a/1", 2), ("GET b/2", 3))


def test_a_host_that_only_looks_like_a_registry_is_none() -> None:
    shown = {"hosts": {"azurecr.io.example.com": {"GET /v2/": 1}}, "repeated": {}}
    assert read(shown) == Counts(other=1)
