"""The bytes that a result leads to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulator.conftest import Api

CAT = {"prompt": "a cat", "width": 128, "height": 64, "seed": 3}


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_an_image_has_the_format_and_size_that_were_asked_for(api: Api, kind: str) -> None:
    image = api.image("flux-2-klein-4b", **CAT, output_format=kind)
    assert (image.format, image.size) == (kind.upper(), (128, 64))


@pytest.mark.parametrize(
    ("endpoint", "kind"),
    [("flux-2-pro", "JPEG"), ("flux-kontext-pro", "PNG"), ("flux-pro-1.1", "JPEG"), ("flux-3-image", "JPEG")],
)
def test_without_a_format_the_endpoint_has_its_own(api: Api, endpoint: str, kind: str) -> None:
    assert api.image(endpoint, prompt="x").format == kind


def test_the_same_request_and_seed_give_the_same_bytes_and_another_seed_others(api: Api) -> None:
    first, again, other = (
        api.download(api.make("flux-2-klein-4b", **CAT | {"seed": seed})).content for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other


def test_a_link_is_read_with_or_without_a_stray_key(api: Api) -> None:
    standing = api.make("flux-2-klein-4b", **CAT)
    assert api.download(standing).status_code == 200
    answer = httpx.get(standing["result"]["sample"], trust_env=False)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")


def test_a_link_says_when_it_dies_in_azures_words(api: Api) -> None:
    url = httpx.URL(api.make("flux-2-klein-4b", **CAT)["result"]["sample"])
    assert set(url.params) == {"se", "sp", "sv", "sr", "rsct", "sig"}
    assert url.path.endswith("/sample.jpeg")


@pytest.mark.parametrize("forged", ["sig", "se"])
def test_a_forged_link_is_refused(api: Api, forged: str) -> None:
    url = httpx.URL(api.make("flux-2-klein-4b", **CAT)["result"]["sample"])
    for value in ("2099-01-01T00:00:00Z", "schön", ""):
        answer = api.http.get(url.copy_set_param(forged, value))
        assert answer.status_code == 403
        assert "<Code>AuthenticationFailed</Code>" in answer.text


def test_a_good_link_that_a_restart_without_books_forgot_is_a_404(own: Callable[..., Api]) -> None:
    url = httpx.URL(own().make("flux-2-klein-4b", **CAT)["result"]["sample"])
    other = httpx.URL(own().url)
    assert httpx.get(url.copy_with(port=other.port), trust_env=False).status_code == 404


def test_a_link_lives_for_five_seconds_at_least_then_a_fresh_poll_signs_anew(api: Api) -> None:
    standing = api.make("flux-2-klein-4b", **CAT)
    time.sleep(4)
    assert api.download(standing).status_code == 200
    time.sleep(2.2)
    assert api.download(standing).status_code == 403
    fresh = api.http.get("/v1/get_result", params={"id": standing["id"]}).json()
    assert api.download(fresh).status_code == 200
