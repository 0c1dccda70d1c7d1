"""A picture that looks wrong is paid: it is kept with a flag, unless its batch says that its job has failed."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from batches.policy import Check, Output
from batches.store.images import sidecar_of
from batches.store.ledger.states import State
from workers.bfl.answers import Downloaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.images import Draft, FolderStore
    from tests.workers.conftest import Company
    from tests.workers.journey.conftest import World
    from workers.bfl import Client

PRICE = 2_500_000


class AnotherPicture:
    """A client whose results are not what was asked for."""

    def __init__(self, client: Client, image: Image.Image) -> None:
        self._client = client
        file = io.BytesIO()
        image.save(file, "jpeg")
        self._data = file.getvalue()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def download(self, _link: str, into: Draft) -> Downloaded:
        into.write(self._data)
        return Downloaded()


EVEN = Image.new("RGB", (256, 256), "teal")
SMALL = Image.linear_gradient("L").resize((128, 128))
SMALL_AND_EVEN = Image.new("RGB", (64, 256))


@pytest.mark.parametrize(
    ("image", "flags"),
    [(EVEN, ("one-colour",)), (SMALL, ("size",)), (SMALL_AND_EVEN, ("one-colour", "size"))],
    ids=["even", "small", "both"],
)
def test_it_is_kept_with_a_flag_and_told_in_its_sidecar(
    image: Image.Image, flags: tuple[str, ...], world: World, submit: Callable[..., str], images: FolderStore
) -> None:
    submit("a fox")
    job = world.carry(client=AnotherPicture(world.hands.client, image))
    assert (job["state"], job["flags"]) == (State.DONE, flags)
    assert json.loads(images.get(sidecar_of(job["image_key"])))["image"]["flags"] == list(flags)


def test_where_nobody_looks_nothing_is_flagged(world: World, submit: Callable[..., str]) -> None:
    submit("a fox", output=Output(size=Check.OFF, one_colour=Check.OFF))
    assert world.carry(client=AnotherPicture(world.hands.client, SMALL_AND_EVEN))["flags"] == ()


def test_a_failing_check_ends_the_job_paid_and_without_a_picture(
    world: World, submit: Callable[..., str], company: Company, images: FolderStore
) -> None:
    submit("a fox", output=Output(size=Check.FAIL))
    job = world.carry(client=AnotherPicture(world.hands.client, SMALL))
    assert (job["state"], job["image_key"]) == (State.FAILED, None)
    assert job["reason"] == "unwanted picture: 128 x 128 pixels instead of 256 x 256"
    assert world.charges()[-1] == ("settled", PRICE, "result")
    assert company["accepted"] == 1, "it is not asked for again, for that would be paid again"
    assert list(images.listing()) == []


def test_a_picture_says_inside_where_it_comes_from_unless_nobody_wants_it(
    world: World, submit: Callable[..., str], images: FolderStore
) -> None:
    submit("a fox")
    submit("a hare", output=Output(embed=False))
    told, plain = world.carry(1), world.carry(2)
    with Image.open(io.BytesIO(images.get(told["image_key"]))) as image:
        assert image.getexif()[0x010E] == "a fox"
        assert b"fluxbatch:provenance" in image.info["xmp"]
    assert b"fluxbatch" not in images.get(plain["image_key"])


def test_the_sidecar_tells_what_was_paid_in_vain_before(
    world: World, submit: Callable[..., str], company: Company, images: FolderStore
) -> None:
    submit("a fox")
    company.spoil("poll", "failed", times=1)
    assert world.carry()["state"] == State.QUEUED
    job = world.carry()
    assert job["state"] == State.DONE
    facts = json.loads(images.get(sidecar_of(job["image_key"])))
    (vain,) = facts["earlier"]
    assert (vain["number"], vain["outcome"], vain["settled"], vain["micro_credits"]) == (1, "failed", True, None)
    assert (facts["attempt"]["number"], facts["micro_credits"]) == (2, PRICE)
