"""Numbers on both sides of every range that the simulator describes."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator import Config, create_app
from simulator.drafts import Draft, sealed
from simulator.mp4 import Clip, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.simulator.conftest import Api

LARGEST_SIDE = 2048
"""Where the specification leaves a side open, this is still below 4 megapixels beside 1024."""
VIDEO = base64.b64encode(wrapped(b"frame", Clip(640, 360, 5))).decode()
DRAFT = base64.b64encode(sealed(Draft("x", 1, 640, 360, 5))).decode()


class Range(NamedTuple):
    """A number in a body, and what it may be."""

    path: str
    body: str
    field: str
    kind: str
    least: float
    most: float | None
    step: int

    def inside(self) -> st.SearchStrategy[float]:
        most = LARGEST_SIDE if self.most is None else self.most
        if self.kind == "number":
            return st.floats(self.least, most)
        return st.integers(int(self.least) // self.step, int(most) // self.step).map(lambda n: n * self.step)

    def outside(self) -> st.SearchStrategy[float]:
        numbers: Any = st.integers if self.kind == "integer" else st.floats
        below = numbers(max_value=self.least - (1 if self.kind == "integer" else 1e-6), **self._finite)
        if self.most is None:
            return below
        above = numbers(min_value=self.most + (1 if self.kind == "integer" else 1e-6), **self._finite)
        between = self.inside().map(lambda n: n + 1) if self.step > 1 else below
        return below | above | between

    @property
    def _finite(self) -> dict[str, bool]:
        return {} if self.kind == "integer" else {"allow_nan": False, "allow_infinity": False}


def ranges() -> Iterator[Range]:
    document = create_app(Config()).openapi()
    schemas = document["components"]["schemas"]
    for path, item in document["paths"].items():
        if "post" in item:
            schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
            name = schema["$ref"].rpartition("/")[2]
            for each in schemas[name].get("oneOf", [{"$ref": name}]):
                body = each["$ref"].rpartition("/")[2]
                for field, content in schemas[body]["properties"].items():
                    for kind in content.get("anyOf", [content]):
                        if kind.get("type") in {"integer", "number"} and "minimum" in kind:
                            yield Range(
                                path,
                                body,
                                field,
                                kind["type"],
                                kind["minimum"],
                                kind.get("maximum"),
                                int(kind.get("multipleOf", 1)),
                            )


RANGES = list(ranges())


@pytest.fixture
def fill(picture: Callable[..., str], training: dict[str, str]) -> Callable[[Range], dict[str, Any]]:
    """A body that is right in every field it needs."""
    image = picture(256, 256)
    known: dict[str, Any] = {
        "prompt": "x",
        "finetune_id": "org/lora",
        "keyframes": image,
        "input_image": picture(64, 64),
        "start_video": VIDEO,
        "input_video": VIDEO,
        "video": VIDEO,
        "draft_cache": DRAFT,
        "width": 1024,
        "height": 1024,
    }
    modes = {"T2V": "t2v", "I2V": "i2v", "V2V": "v2v", "DraftEnhance": "draft_enhance"}
    images = ("image", "mask", "person", "garment", "control_image")
    schemas = create_app(Config()).openapi()["components"]["schemas"]

    def filled(place: Range) -> dict[str, Any]:
        needed = schemas[place.body].get("required", [])
        values = dict.fromkeys(images, image) | known | training
        values["mode"] = next((mode for part, mode in modes.items() if part in place.body), "style")
        return {name: values[name] for name in needed}

    return filled


def outcome(api: Api, place: Range, body: dict[str, Any]) -> tuple[int, set[str]]:
    answer = api.http.post(place.path.replace("{model_slug}", "flux-1-dev"), json=body)
    if answer.status_code != 422:
        return answer.status_code, set()
    return 422, {str(part) for error in answer.json()["detail"] for part in error["loc"]}


FIXTURES_ARE_SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def test_ranges_of_every_kind_are_found() -> None:
    assert len(RANGES) > 100
    assert {place.kind for place in RANGES} == {"integer", "number"}


@settings(max_examples=250, deadline=None, suppress_health_check=FIXTURES_ARE_SHARED)
@given(place=st.sampled_from(RANGES), data=st.data())
def test_a_number_inside_its_range_is_taken(
    swift: Api,
    fill: Callable[[Range], dict[str, Any]],
    place: Range,
    data: st.DataObject,
) -> None:
    number = data.draw(place.inside())
    assert outcome(swift, place, fill(place) | {place.field: number}) == (200, set())


@settings(max_examples=250, deadline=None, suppress_health_check=FIXTURES_ARE_SHARED)
@given(place=st.sampled_from(RANGES), data=st.data())
def test_a_number_outside_its_range_is_refused_by_its_name(
    swift: Api,
    fill: Callable[[Range], dict[str, Any]],
    place: Range,
    data: st.DataObject,
) -> None:
    number = data.draw(place.outside())
    status, blamed = outcome(swift, place, fill(place) | {place.field: number})
    assert status == 422
    assert place.field in blamed
