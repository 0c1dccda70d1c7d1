"""What things cost, and when they are paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulator.conftest import Api


@pytest.mark.parametrize(
    ("endpoint", "body", "cost"),
    [
        ("flux-2-pro", {"width": 65, "height": 65}, 3.0),
        ("flux-2-pro", {"width": 1024, "height": 1440}, 4.5),
        ("flux-2-klein-4b", {"width": 768, "height": 1024}, 1.4),
        ("flux-2-klein-4b", {"width": 2048, "height": 1024}, 1.5),
        ("flux-2-max", {"width": 2048, "height": 2048}, 16),
        ("flux-2-flex", {"width": 1024, "height": 1024}, 5),
        ("flux-3-image", {"resolution": "4k"}, 60.7),
        ("flux-3-image", {"resolution": "1.5k"}, 7),
        ("flux-kontext-max", {}, 8),
        ("flux-pro-1.1-ultra", {}, 6),
        ("flux-dev", {}, 2.5),
        ("flux-pro", {}, 5),
        ("flux-3-video", {"mode": "t2v", "duration": 6, "resolution": "fhd"}, 174),
        ("flux-3-video", {"mode": "t2v", "duration": 6, "draft": True}, 36),
    ],
    ids=[
        "less than a megapixel is one",
        "1.41 megapixels are two: 3 + 1.5",
        "seen live",
        "exactly two megapixels: 1.4 + 0.1",
        "four megapixels: 7 + 3 * 3",
        "one megapixel",
        "by resolution",
        "a resolution whose price is not known",
        "flat",
        "flat whatever the ratio",
        "the last price that was published",
        "retired",
        "six seconds at 29",
        "six seconds of draft at 6",
    ],
)
def test_the_price_list_is_kept(api: Api, endpoint: str, body: dict[str, object], cost: float) -> None:
    assert api.make(endpoint, prompt="x", **body)["cost"] == cost


def test_input_images_cost_by_the_megapixel_and_are_shrunk_to_four_first(api: Api, picture: Callable[..., str]) -> None:
    # 3 for the output, 1.5 for 0.07 megapixels and 4 * 1.5 for 16 megapixels of input
    body = {"prompt": "x", "width": 64, "height": 64}
    ticket = api.ticket("flux-2-pro", **body, input_image=picture(256, 256), input_image_2=picture(4000, 4000))
    assert (ticket["cost"], ticket["input_mp"]) == (10.5, 16.07)


def test_a_task_is_billed_when_its_time_has_come_whether_or_not_anybody_polls(own: Callable[..., Api]) -> None:
    api = own(credits=10)
    api.ticket("flux-2-klein-4b", prompt="x", seed=1)
    api.make("flux-2-klein-4b", prompt="forbidden")
    api.make("flux-2-klein-4b", prompt="gore")
    api.make("flux-2-klein-4b", prompt="crash-test")
    stats = api.stats()
    assert (api.credits(), stats["billed_credits"], stats["billed_micro_credits"]) == (8.6, 1.4, 1_400_000)


def test_a_price_is_held_from_acceptance_so_that_a_balance_never_goes_below_zero(
    own: Callable[..., Api],
) -> None:
    api = own(credits=10, speed=1)
    assert [api.submit("flux-2-pro", prompt="x").status_code for _ in range(4)] == [200, 200, 200, 402]
    assert api.submit("flux-2-pro", prompt="x").json() == {"detail": "Insufficient credits"}
    assert api.credits() == 10  # nothing is ready yet


def test_what_is_not_billed_is_free_again(own: Callable[..., Api]) -> None:
    api = own(credits=3)
    for _ in range(3):
        api.make("flux-2-pro", prompt="forbidden")
    assert api.make("flux-2-pro", prompt="x")["cost"] == 3
    assert api.credits() == 0


def test_every_key_has_its_own_credits(own: Callable[..., Api]) -> None:
    api = own(credits=3)
    api.make("flux-2-pro", prompt="x")
    assert (api.credits(), api.another().credits()) == (0, 3)
