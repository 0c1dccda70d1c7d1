"""What a body may bring along."""

from __future__ import annotations

import base64
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.simulator.conftest import Api

    Picture = Callable[..., str]

CORRUPTED = (400, "Invalid or corrupted image input")


class QuietFiles(SimpleHTTPRequestHandler):
    """Serves a folder."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it
        """Say nothing."""


@pytest.fixture
def folder_url(tmp_path: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
def test_base64_is_taken_with_or_without_a_data_uri(api: Api, picture: Picture, kind: str, prefix: str) -> None:
    assert api.submit("flux-2-pro", prompt="x", input_image=prefix + picture(kind=kind)).status_code == 200


@pytest.mark.parametrize("value", ["not base64!", "aGVsbG8=", ""], ids=["no base64", "no image", "empty"])
def test_what_is_no_image_is_refused(api: Api, value: str) -> None:
    assert api.refusal("flux-2-pro", prompt="x", input_image=value) == CORRUPTED


def test_half_an_image_is_refused(api: Api, picture: Picture) -> None:
    half = base64.b64decode(picture(512, 512, "JPEG"))[:1500]
    assert api.refusal("flux-2-pro", prompt="x", input_image=base64.b64encode(half).decode()) == CORRUPTED


@pytest.mark.parametrize(
    ("endpoint", "size", "status"),
    [
        ("flux-2-pro", (63, 64), 422),
        ("flux-2-pro", (64, 64), 200),
        ("flux-2-pro", (5000, 4001), 400),
        ("flux-3-image", (255, 256), 422),
        ("flux-3-image", (256, 256), 200),
        ("flux-3-image", (4001, 4000), 400),
    ],
)
def test_an_image_is_neither_too_small_nor_too_large(
    api: Api, picture: Picture, endpoint: str, size: tuple[int, int], status: int
) -> None:
    field = "images" if endpoint == "flux-3-image" else "input_image"
    assert api.submit(endpoint, prompt="x", **{field: picture(*size)}).status_code == status


@pytest.mark.parametrize("endpoint", ["flux-pro-1.0-fill", "flux-tools/erase-v1"])
def test_a_mask_is_as_large_as_its_image(api: Api, picture: Picture, endpoint: str) -> None:
    assert api.submit(endpoint, image=picture(), mask=picture()).status_code == 200
    assert api.refusal(endpoint, image=picture(), mask=picture(256, 128)) == (
        400,
        "The mask must have the same dimensions as the image",
    )


def test_urls_are_fetched_from_this_machine_only(api: Api, picture: Picture, folder_url: str, tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(base64.b64decode(picture(320, 256)))
    ticket = api.ticket("flux-2-pro", prompt="x", input_image=f"{folder_url}/cat.png")
    assert (ticket["input_mp"], ticket["output_mp"]) == (0.08, 0.08)
    missing = api.refusal("flux-2-pro", prompt="x", input_image=f"{folder_url}/dog.png")
    assert missing == (400, "Could not download the input")
    abroad = api.refusal("flux-2-pro", prompt="x", input_image="https://images.invalid/cat.png")
    assert abroad == (400, "The simulator fetches inputs from this machine only")


def test_flux_1_takes_base64_only(api: Api, folder_url: str) -> None:
    assert api.refusal("flux-dev", image_prompt=f"{folder_url}/cat.png") == CORRUPTED


@pytest.mark.parametrize(
    ("endpoint", "body", "size"),
    [
        ("flux-2-pro", {}, (1024, 1024)),
        ("flux-2-pro", {"width": 100, "height": 100}, (96, 96)),
        ("flux-2-pro", {"input_image": (333, 257)}, (320, 256)),
        ("flux-kontext-pro", {"aspect_ratio": "2:1"}, (1440, 720)),
        ("flux-kontext-pro", {"input_image": (256, 256)}, (1024, 1024)),
        ("flux-pro-1.1-ultra", {}, (2720, 1536)),
        ("flux-pro-1.0-expand", {"image": (300, 200), "left": 20, "bottom": 5}, (320, 205)),
        ("flux-tools/deblur-v1", {"image": (301, 201)}, (301, 201)),
        ("flux-tools/vto-v2", {"person": (301, 201), "garment": (64, 64)}, (288, 192)),
        ("flux-tools/outpainting-v1", {"input_image": (64, 64), "width": 99, "height": 88}, (99, 88)),
        ("flux-3-image", {"resolution": "768sq", "aspect_ratio": "3:4"}, (656, 880)),
    ],
)
def test_the_result_is_as_large_as_the_endpoint_makes_it(
    api: Api, picture: Picture, endpoint: str, body: dict[str, object], size: tuple[int, int]
) -> None:
    fields = {name: picture(*value) if isinstance(value, tuple) else value for name, value in body.items()}
    prompt = {} if endpoint.endswith("deblur-v1") else {"prompt": "x"}
    assert api.image(endpoint, **prompt, **fields).size == size


def test_outpainting_refuses_an_image_that_leaves_the_canvas_unless_it_may_crop(api: Api, picture: Picture) -> None:
    body = {"input_image": picture(128, 128), "width": 256, "height": 256, "reference_offset_x": 200}
    assert api.submit("flux-tools/outpainting-v1", **body).status_code == 400
    assert api.submit("flux-tools/outpainting-v1", **body, auto_crop=True).status_code == 200
