"""How many tasks a key may have at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulator.conftest import Api


@pytest.mark.parametrize(
    ("endpoint", "body", "lane", "limit"),
    [
        ("flux-2-klein-4b", {}, "standard", 24),
        ("flux-kontext-max", {}, "kontext-max", 6),
        ("flux-3-video", {"mode": "t2v"}, "video", 5),
    ],
)
def test_a_full_lane_answers_429_until_a_task_is_finished(
    own: Callable[..., Api], endpoint: str, body: dict[str, object], lane: str, limit: int
) -> None:
    api = own(speed=1)
    codes = [api.submit(endpoint, prompt="x", **body).status_code for _ in range(limit + 2)]
    assert codes == [200] * limit + [429, 429]
    stats = api.stats()
    assert (stats["active"][lane], stats["peak_active"][lane], stats["refused_429"]) == (limit, limit, 2)
    assert api.submit("flux-dev").status_code == (429 if lane == "standard" else 200)
    assert api.another().submit(endpoint, prompt="x", **body).status_code == 200


def test_a_finished_task_frees_its_slot_though_nobody_polled(own: Callable[..., Api]) -> None:
    api = own(speed=100)
    for number in range(30):
        while api.stats()["active"]["standard"] == 24:
            pass
        api.ticket("flux-2-klein-4b", prompt=f"cat {number}")
    assert api.stats()["polls"] == 0
