"""A ledger with finished batches, and their pictures in a folder."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PIL import Image

from batches.exports import Manner, Question, export
from batches.store.images import FolderStore
from batches.store.ledger import moves
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import World, image_of, plan_of, plan_with, risking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from batches.exports import Outcome, Progress
    from batches.store.images import ImageStore

PAID = Reported(micro_credits=1_400_000)
PLAIN = Manner()


def png(number: int) -> bytes:
    """A small picture; each number has its own."""
    file = io.BytesIO()
    Image.new("RGB", (32, 24), (number * 40 % 256, number % 256, 160)).save(file, "PNG")
    return file.getvalue()


@dataclass
class Gallery:
    """Where batches become datasets."""

    world: World
    folder: Path

    @property
    def source(self) -> FolderStore:
        """The image store."""
        return FolderStore(self.folder / "images")

    @property
    def place(self) -> FolderStore:
        """Where datasets go."""
        return FolderStore(self.folder / "dataset")

    def at(self, name: str) -> FolderStore:
        """Another place."""
        return FolderStore(self.folder / name)

    def make(
        self,
        count: int = 5,
        *,
        waiting: int = 0,
        name: str = "fox",
        prompts: Sequence[str] = ("A fox",),
        labels: Sequence[Mapping[str, str]] = ({"style": "photo"},),
        **changes: Any,
    ) -> str:
        """A batch of so many pictures and of jobs that wait, by turns with these prompts and labels; returns its id."""
        planned = tuple(
            job._replace(
                params={"prompt": prompts[place % len(prompts)], "seed": job.number},
                labels=labels[place % len(labels)],
                **changes,
            )
            for place, job in enumerate(plan_of(count + waiting).jobs())
        )
        batch_id = self.world.submit_plan(plan_with(planned, name), risking(0))
        for job_id in self.world.call(room=count):
            self.finish(job_id)
        return batch_id

    def finish(self, job_id: int) -> None:
        """Its picture is made and kept, with a sidecar."""
        job = self.world.carry(self.world.claim(job_id), State.FETCHING)
        data, key = png(job.number), f"{job.batch_id}/{job.output_name}"
        self.source.put(key, data)
        self.source.put(f"{key}.json", json.dumps({"prompt_used": f"{job.params['prompt']}, sharp"}).encode())
        sha256 = hashlib.sha256(data).hexdigest()
        image = replace(image_of(job), key=key, sha256=sha256, width=32, height=24, bytes=len(data))
        self.world.do(moves.finish, job, image, PAID, self.world.now)

    def export(
        self,
        *batches: str,
        form: str = "imagefolder",
        manner: Manner = PLAIN,
        place: ImageStore | None = None,
        told: Callable[[Progress], None] = lambda _: None,
        **asked: Any,
    ) -> Outcome:
        """These batches as this format."""
        question = Question(batches=batches, format=form, **asked)
        return export(
            self.world.ledger, self.source, place or self.place, question,
            manner=manner, clock=lambda: self.world.now, told=told,
        )  # fmt: skip

    def files(self) -> dict[str, bytes]:
        """All files of the dataset but the page, by key."""
        place = self.place
        return {kept.key: place.get(kept.key) for kept in place.listing() if kept.key != "export.json"}

    def rows(self, key: str = "train/metadata.jsonl") -> list[dict[str, Any]]:
        """The lines of a table."""
        return [json.loads(line) for line in self.place.get(key).decode().splitlines()]
