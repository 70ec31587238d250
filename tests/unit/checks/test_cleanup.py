"""How pressing a coming clean-up is, and which pulls share an incident."""

from datetime import timedelta

import pytest

from shared.checks.cleanup.foreseen import image_outlives_the_week
from shared.domain.changes import incident_id
from shared.domain.facts.registry import ImageContent
from shared.domain.facts.workload import RuntimePlatforms
from shared.domain.pulls import Compute
from tests.unit.checks.cleanup_cases import loss
from tests.unit.checks.facts import NOW, asked, forecast, healthy, manifest, unseen


@pytest.mark.parametrize(
    ("left", "stage"),
    [
        (timedelta(days=6), 0),
        (timedelta(days=1, minutes=1), 0),
        (timedelta(days=1), 1),
        (timedelta(hours=3), 1),
        (timedelta(hours=2), 2),
        (timedelta(minutes=-5), 2),
    ],
)
def test_a_loss_presses_more_the_nearer_it_is(left: timedelta, stage: int) -> None:
    evidence = healthy(forecast(loss(at=NOW + left)))
    (finding,) = image_outlives_the_week.run(evidence).findings
    assert finding.stage == stage


NO_INDEX = unseen(ImageContent), unseen(RuntimePlatforms)


def test_what_everybody_pulls_is_one_incident() -> None:
    found = [
        image_outlives_the_week(asked(compute=compute), forecast(loss()), manifest(), *NO_INDEX)
        for compute in (Compute.AKS, Compute.APP_SERVICE)
    ]
    assert len({incident_id(finding) for (finding,) in found}) == 1


def test_the_first_of_several_losses_is_told() -> None:
    later = loss(at=NOW + timedelta(days=5))
    sooner = loss(at=NOW + timedelta(hours=1), by="hourly")
    (finding,) = image_outlives_the_week(asked(), forecast(later, sooner), manifest(), *NO_INDEX)
    assert "hourly" in finding.title
    assert finding.details["at"] == sooner.at.isoformat()
