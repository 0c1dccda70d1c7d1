"""The gallery: small pictures made once, filters, and prompts side by side."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from batches.policy import Policy
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from console.web import thumbnails
from console.web.side_by_side import columns_of
from console.web.thumbnails import SIDE, reduced
from tests.batches.store.ledger.world import CREDIT, plan_of, plan_with

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from starlette.testclient import TestClient

    from batches.store.images.memory import MemoryStore
    from tests.batches.store.ledger.world import World


def make(world: World, count: int) -> None:
    for job_id in world.call(count):
        world.finish(world.carry(world.claim(job_id), State.FETCHING), Reported(micro_credits=CREDIT))


def bytes_of(kind: str, width: int = 1000, height: int = 500, mode: str = "RGB") -> bytes:
    """A picture."""
    written = BytesIO()
    Image.new(mode, (width, height), 90).save(written, kind)
    return written.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")]
)
def test_any_picture_becomes_a_small_one_of_the_same_shape(kind: str, mode: str) -> None:
    small = Image.open(BytesIO(reduced(bytes_of(kind, mode=mode))))
    assert (small.format, small.size) == ("WEBP", (SIDE, SIDE // 2))


def test_a_small_picture_is_made_once_and_never_changes(client: TestClient, world: World, images: MemoryStore) -> None:
    batch_id = world.submit(2)
    make(world, 1)
    images.put("k/0001.png", bytes_of("PNG"))
    at = f"/batches/{batch_id}/jobs/1/thumbnail"
    first = client.get(f"{at}?of={'a' * 64}")
    assert first.headers["content-type"] == "image/webp"
    assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
    images.delete("k/0001.png")
    assert client.get(at).content == first.content
    assert client.get(at).headers["cache-control"] == "private, no-cache"
    assert client.get(at, headers={"If-None-Match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    ("number", "kept", "told"),
    [
        (1, None, "k/0001.png"),
        (1, b"no picture at all", "does not decode any more"),
        (2, None, "has no picture"),
        (9, None, "has no picture"),
    ],
)
def test_what_is_not_there_says_so(
    client: TestClient, world: World, images: MemoryStore, *, number: int, kept: bytes | None, told: str
) -> None:
    batch_id = world.submit(2)
    make(world, 1)
    if kept:
        images.put("k/0001.png", kept)
    found = client.get(f"/batches/{batch_id}/jobs/{number}/thumbnail")
    assert found.status_code == 404
    assert told in found.text


def test_what_is_kept_is_bounded(
    client: TestClient, world: World, images: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "MOST_BYTES", 1_000)
    room = Path(".fluxbatch/thumbnails/00")
    room.mkdir(parents=True)
    for number in range(8):
        (room / f"{number}.webp").write_bytes(bytes(1_000))
    batch_id = world.submit(1)
    make(world, 1)
    images.put("k/0001.png", bytes_of("PNG"))
    assert client.get(f"/batches/{batch_id}/jobs/1/thumbnail").status_code == 200
    assert len(list(room.iterdir())) == 6


def test_the_gallery_shows_what_is_done_and_filters(client: TestClient, world: World) -> None:
    batch_id = world.submit(3)
    at = f"/batches/{batch_id}/gallery"
    assert "No picture has come yet" in client.get(at).text
    make(world, 1)
    [job_id] = world.call(1)
    world.end(world.carry(world.claim(job_id), State.RENDERING), State.FAILED)
    said = client.get(at).text
    assert f"/batches/{batch_id}/jobs/1/thumbnail?of=" in said
    assert "jobs/2/compare" not in said
    assert "jobs/2/compare" in client.get(f"{at}?state=failed").text
    assert "jobs/1/compare" in client.get(f"{at}?order=newest").text
    assert "No picture is like this" in client.get(f"{at}?text=zebra").text
    as_the_form_asks = "?order=newest&state=&model=&label=&text="
    assert "jobs/1/compare" in client.get(at + as_the_form_asks).text
    assert client.get(f"/batches/{batch_id}/jobs{as_the_form_asks}").status_code == 200


def test_a_prompt_is_compared_with_the_next_at_hand(client: TestClient, world: World) -> None:
    jobs = [job._replace(row_id=f"row-{(place + 1) // 2}") for place, job in enumerate(plan_of(5).jobs())]
    batch_id = world.submit_plan(plan_with(tuple(jobs), "rows"), Policy())
    said = client.get(f"/batches/{batch_id}/jobs/3/compare").text
    assert "2 pictures of one prompt" in said
    assert f'rel="prev" href="/batches/{batch_id}/jobs/1/compare' in said
    assert f'rel="next" href="/batches/{batch_id}/jobs/4/compare' in said
    assert client.get(f"/batches/{batch_id}/jobs/99/compare").status_code == 404


def job(model: str, **params: object) -> Any:
    return {"model": model, "params": params}


A1, A2, B1 = job("a", seed=1), job("a", seed=2), job("b", seed=1)


@pytest.mark.parametrize(
    ("jobs", "over", "shown"),
    [
        ([A1, A2], None, {"1": [A1], "2": [A2]}),  # one model: its seeds
        ([A1, A2, B1], None, {"a": [A1, A2], "b": [B1]}),  # several: by model
        ([A1, A2, B1], "seed", {"1": [A1, B1], "2": [A2]}),  # unless somebody chose
        ([job("a")], None, {"random": [job("a")]}),  # the server drew it
    ],
)
def test_columns_are_what_differs(jobs: Sequence[Any], over: str | None, shown: Mapping[str, Sequence[object]]) -> None:
    assert columns_of(jobs, over).columns == shown


def test_only_parameters_that_differ_are_told() -> None:
    jobs: Any = [job("a", seed=1, steps=20), job("a", seed=1, steps=40)]
    assert columns_of(jobs, None).differing == ["steps"]
