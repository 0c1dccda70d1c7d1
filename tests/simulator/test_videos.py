"""Video in and out."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from simulator.mp4 import Clip, NotMp4, measured, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulator.conftest import Api

FILM = {"mode": "t2v", "prompt": "a film"}


def clip(width: int = 640, height: int = 360, seconds: float = 5) -> str:
    """A video in base64; its one frame is never looked at."""
    return base64.b64encode(wrapped(b"frame", Clip(width, height, seconds))).decode()


def test_a_video_that_we_write_is_one_that_we_read() -> None:
    assert measured(wrapped(b"frame", Clip(1280, 720, 7.25))) == Clip(1280, 720, 7.25)


@pytest.mark.parametrize("damage", [b"", b"no video", wrapped(b"frame", Clip(8, 8, 1))[:300]])
def test_what_is_no_video_is_known_as_such(damage: bytes) -> None:
    with pytest.raises(NotMp4):
        measured(damage)


@pytest.mark.parametrize(
    ("body", "made"),
    [
        ({}, Clip(1280, 720, 5)),
        ({"duration": 12}, Clip(1280, 720, 12)),
        ({"resolution": "fhd", "aspect_ratio": "1:1"}, Clip(1440, 1440, 5)),
    ],
)
def test_a_film_has_the_length_and_screen_that_were_asked_for(api: Api, body: dict[str, object], made: Clip) -> None:
    answer = api.download(api.make("flux-3-video", **FILM, **body))
    assert answer.headers["content-type"] == "video/mp4"
    assert measured(answer.content) == made


def test_the_spelled_out_modes_are_taken_too(api: Api) -> None:
    assert api.submit("flux-3-video", mode="text-to-video", prompt="x").status_code == 200
    assert api.refusal("flux-3-video", mode="t3v", prompt="x") == (422, ["union_tag_invalid body"])
    assert api.refusal("flux-3-video", prompt="x") == (422, ["union_tag_not_found body"])


def test_a_continuation_costs_more_and_is_as_wide_as_its_start(api: Api) -> None:
    standing = api.make("flux-3-video", mode="v2v", prompt="x", start_video=clip(500, 1000), duration=5)
    assert standing["cost"] == 5 * 41
    assert measured(api.download(standing).content)[:2] == (672, 1344)


def test_a_continuation_runs_for_fifteen_seconds_at_most(api: Api) -> None:
    body = {"mode": "v2v", "prompt": "x", "start_video": clip()}
    assert api.submit("flux-3-video", **body, duration=15).status_code == 200
    assert api.submit("flux-3-video", **body, duration=16).status_code == 422


@pytest.mark.parametrize(
    ("frames", "duration", "status"),
    [
        ("one", "auto", 200),
        (["one", "two"], "auto", 200),
        (["one", "two", "three"], "auto", 422),
        (["one", "two", "three"], 6, 200),
        ([0, "one"], "auto", 200),
        ([[0, "one"], [3.5, "two"]], "auto", 200),
        ([[3.5, "one"], [0, "two"]], "auto", 422),
        ([], "auto", 422),
        (["one"] * 11, 6, 422),
    ],
    ids=["one", "two", "three", "three timed", "a pair", "pairs", "backwards", "none", "eleven"],
)
def test_keyframes_come_alone_in_lists_or_with_their_times(
    api: Api, picture: Callable[..., str], frames: object, duration: object, status: int
) -> None:
    def drawn(part: object) -> object:
        if isinstance(part, list):
            return [drawn(each) for each in part]
        return picture() if isinstance(part, str) else part

    body = {"mode": "i2v", "prompt": "x", "keyframes": drawn(frames), "duration": duration}
    assert api.submit("flux-3-video", **body).status_code == status


def test_a_draft_leaves_a_bundle_that_can_be_enhanced(api: Api) -> None:
    draft = api.make("flux-3-video", **FILM, draft=True, duration=6)["result"]
    bundle = api.http.get(draft["draft_cache"]).content
    for cache in (base64.b64encode(bundle).decode(), draft["draft_cache"]):
        full = api.make("flux-3-video", mode="draft_enhance", draft_cache=cache)
        assert (full["result"]["prompt"], full["result"]["seed"]) == ("a film", draft["seed"])
        assert measured(api.download(full).content) == Clip(1920, 1072, 6)
    forged = base64.b64encode(bundle[:-1] + b" ").decode()
    refused = api.refusal("flux-3-video", mode="draft_enhance", draft_cache=forged)
    assert refused == (400, "Invalid draft_cache")


def test_upscaling_grows_the_clip_and_costs_by_its_megapixels_and_seconds(api: Api) -> None:
    standing = api.make("flux-tools/video-upscale-v1", input_video=clip(640, 360, 4), upscale_factor=3)
    assert measured(api.download(standing).content) == Clip(1920, 1080, 4)
    assert standing["cost"] == 84  # 10.5 * 4 s * 1.98 MP = 83.06, rounded up


@pytest.mark.parametrize(
    ("video", "status"),
    [
        (clip(2560, 1440), 200),
        (clip(2562, 1440), 400),
        (clip(seconds=20.9), 200),
        (clip(seconds=22), 400),
        ("aGVsbG8=", 400),
    ],
    ids=["largest", "too large", "slightly too long", "too long", "no video"],
)
def test_upscaling_refuses_clips_that_are_too_large_or_too_long(api: Api, video: str, status: int) -> None:
    assert api.submit("flux-tools/video-upscale-v1", input_video=video).status_code == status


def test_an_edit_needs_more_than_blanks_for_an_instruction(api: Api) -> None:
    assert api.submit("flux-tools/video-edit-v1", video=clip(), prompt=" blue ").status_code == 200
    blank = api.refusal("flux-tools/video-edit-v1", video=clip(), prompt="  ")
    assert blank == (422, ["string_too_short body.prompt"])
