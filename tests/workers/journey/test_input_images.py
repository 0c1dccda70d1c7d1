"""Input images are read when a job is submitted; what is no longer what was planned is never sent."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from batches.manifest import read_manifest
from batches.planning import make_plan
from batches.store.ledger.records import BatchTerms
from batches.store.ledger.schema import attempts
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import write_batch
from tests.pictures import picture
from tests.workers.conftest import ACCOUNT
from workers.journey.body import UnusableInput, body_of

if TYPE_CHECKING:
    from batches.store.images import FolderStore
    from tests.workers.conftest import Company
    from tests.workers.journey.conftest import World

MANIFEST = """
version: 1
name: edit
model: flux-2-klein-4b
prompts: [{prompt: as a woodcut, params: {input_image: cat.png}}]
"""


@pytest.fixture
def cat(world: World, tmp_path: Path) -> Path:
    """The input image of a job that was submitted."""
    file = picture(tmp_path / "cat.png")
    manifest = tmp_path / "edit.yaml"
    manifest.write_text(MANIFEST)
    terms = BatchTerms(accounts=(ACCOUNT,))
    with world.ledger.write() as tx:
        write_batch(tx, make_plan(read_manifest(manifest)), terms, world.hands.clock())
    return file


def test_a_picture_is_sent_and_ledger_and_sidecar_keep_the_reference(
    cat: Path, world: World, company: Company, images: FolderStore, tmp_path: Path
) -> None:
    reference = world.job()["params"]["input_image"]
    job = world.carry()
    assert (job["state"], job["image_width"], job["image_height"]) == (State.DONE, 128, 96)
    assert world.money().settled == company["billed_micro_credits"] == job["estimate_micro_credits"] == 1_500_000
    facts = json.loads(images.get(f"{job['image_key']}.json"))
    assert facts["job"]["params"]["input_image"] == reference == {"file": str(cat), "sha256": reference["sha256"]}
    beginning = base64.b64encode(cat.read_bytes())[:40]
    for file in (*tmp_path.glob("ledger.db*"), *tmp_path.rglob("*.json")):
        assert beginning not in file.read_bytes(), file


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (Path.unlink, "cannot be read: No such file or directory; put it back and submit the manifest again"),
        (lambda file: picture(file, colour=1), "changed after it was planned; submit the manifest again"),
    ],
    ids=["gone", "changed"],
)
def test_what_is_no_longer_what_was_planned_ends_the_job_unpaid(
    spoil: object, reason: str, cat: Path, world: World, company: Company
) -> None:
    spoil(cat)  # type: ignore[operator]
    job = world.carry()
    assert (job["state"], job["owner"]) == (State.FAILED, None)
    assert job["reason"] == f"the input image {cat} {reason}"
    assert (company["accepted"], world.charges(), world.held()) == (0, [], 0)
    with world.ledger.read() as tx:
        assert tx.scalar(select(func.count()).select_from(attempts)) == 0


def test_a_body_has_bytes_for_references_wherever_they_stand(tmp_path: Path) -> None:
    data = picture(tmp_path / "a.png").read_bytes()
    reference = {"file": str(tmp_path / "a.png"), "sha256": hashlib.sha256(data).hexdigest()}
    text = base64.b64encode(data).decode()
    url = "https://example.com/a.png"
    params = {"prompt": "x", "seed": 1, "mask": None, "image": reference, "images": [url, reference]}
    assert body_of(params) == {"prompt": "x", "seed": 1, "mask": None, "image": text, "images": [url, text]}


def test_a_folder_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="cannot be read: Is a directory"):
        body_of({"image": {"file": str(tmp_path), "sha256": "0"}})
