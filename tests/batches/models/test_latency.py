"""How long an image takes is said for every model, with where it was read."""

from __future__ import annotations

import pytest

from batches.models import Endpoint, catalogue, latency_of

IMAGES = [endpoint for endpoint in catalogue() if endpoint.produces == "image"]


@pytest.mark.parametrize("endpoint", IMAGES, ids=lambda endpoint: endpoint.name)
def test_every_model_has_a_time_and_a_source(endpoint: Endpoint) -> None:
    latency = latency_of(endpoint.name)
    assert 1 < latency.seconds < 60
    assert latency.source.title


@pytest.mark.parametrize(
    ("model", "as_model", "reason"),
    [
        ("flux-2-pro-preview", "flux-2-pro", "a preview is timed like what it will be"),
        ("flux-pro-1.1-ultra-finetuned", "flux-pro-1.1-ultra", "a finetune is timed like its base"),
        ("flux-2-klein-9b-kv-finetuned", "flux-2-klein-9b", "the nearest family goes first"),
        ("flux-2-klein-base-9b-finetuned", "flux-2-klein", "where no nearer one is timed"),
        ("flux-pro-1.0-depth", "flux-pro-1.0-fill", "a family that is gone, like its last member"),
    ],
)
def test_a_model_that_nobody_timed_takes_as_long_as_its_family(model: str, as_model: str, reason: str) -> None:
    assert latency_of(model).seconds == latency_of(as_model).seconds, reason
