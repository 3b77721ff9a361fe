"""What the resources of every kind of search keep to; a new kind adds itself to ``KINDS``."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from autoclue.search.execution import Resources
from autoclue.search.execution.resources import choose_resources

KINDS: Mapping[str, Resources] = {
    "cpu": choose_resources(gpus=0, cores=4),
    "a gpu each": choose_resources(gpus=2, cores=4),
    "half a gpu each": choose_resources(gpus=1, cores=4, gpus_per_trial=0.5),
    "a cluster": choose_resources(gpus=0, cores=4, address="auto", parallel=8),
}


@pytest.fixture(params=list(KINDS.values()), ids=list(KINDS))
def resources(request: pytest.FixtureRequest) -> Resources:
    kind: Resources = request.param
    return kind


def test_a_trial_has_at_least_one_bundle_with_a_core(resources: Resources) -> None:
    bundles = resources.bundles()
    assert bundles
    assert bundles[0]["CPU"] >= 1


def test_the_bundles_of_a_trial_hold_its_share_of_a_gpu(resources: Resources) -> None:
    assert sum(each.get("GPU", 0) for each in resources.bundles()) == resources.gpus_per_trial


def test_all_trials_at_once_fit_the_gpus_of_this_machine(resources: Resources) -> None:
    wanted = resources.parallel * resources.gpus_per_trial
    assert resources.address is not None or wanted <= max(resources.gpus, 0)


def test_resources_say_in_words_what_they_are(resources: Resources) -> None:
    assert resources.describe()
