"""How quickly 100,000 pictures of 60 kB become tar shards, beside `tar cf` of the same files: `./run bench exporting`.

Both run by turns, each in a process of its own. Our shards should be written at 60 % of tar's speed, in less
than 300 MB. Ours are on the disk when it ends, and every picture was checked against its SHA-256; so tar is measured
with a flush at its end too. A further number is how many pictures: `./run bench exporting 20000`.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

import batches as fluxbatch
from batches.store.ledger import Ledger, submitting
from batches.store.ledger.bulk import insert_rows
from batches.store.ledger.records import BatchTerms
from batches.store.ledger.schema import attempts, batches, charges, jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PICTURES, PICTURE_BYTES = 100_000, 60_000
TIMES = 3
AT_ONCE = 10_000
PER_FOLDER = 1_000
AT = 1_785_542_400.0
"""2026-08-01, midnight in UTC."""

MANIFEST = """
version: 1
name: night
model: flux-dev
prompts: [a fox]
"""

OF_JOBS = (
    *("id", "batch_id", "number", "row_id", "fingerprint", "occurrence", "account", "lane", "model", "path", "params"),
    *("labels", "output_name", "state", "due_at", "changed_at", "image_key", "image_sha256", "image_format"),
    *("image_width", "image_height", "image_bytes"),
)
OF_ATTEMPTS = ("id", "job_id", "number", "account", "started_at", "ended_at", "outcome")
OF_CHARGES = ("batch_id", "job_id", "attempt_id", "kind", "micro_credits", "source", "at")


def main() -> None:
    """Measure, tell each line, and print one JSON document."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    with tempfile.TemporaryDirectory(dir=os.environ.get("FLUXBATCH_BENCH_FOLDER")) as name:
        folder = Path(name)
        with get_context("spawn").Pool(1) as others:  # a process passes its peak of memory on to those it starts
            batch = others.apply(_fill, (folder, count))
        told = [_measured(folder, *words) for _ in range(TIMES) for words in _commands(folder, batch)]
    best = {name: min(one["seconds"] for one in told if one["what"] == name) for name in {one["what"] for one in told}}
    speed = {name: round(best[name] / best["export"], 2) for name in sorted(best) if name != "export"}
    memory = max(one["peak_mb"] for one in told if one["what"] == "export")
    json.dump({"pictures": count, "runs": told, "speed_beside": speed, "peak_mb": memory}, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _commands(folder: Path, batch: str) -> Iterable[tuple[str, Sequence[str]]]:
    tar = f"tar cf {folder}/out/all.tar -C {folder}/images {batch}"
    yield "tar", ["sh", "-c", tar]
    export = [sys.executable, "-m", "console", "export", batch, "--format", "webdataset", "--to", f"{folder}/out"]
    yield "export", export
    yield "tar and flush", ["sh", "-c", f"{tar} && sync {folder}/out/all.tar"]


def _measured(folder: Path, name: str, words: Sequence[str]) -> Mapping[str, Any]:
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    if name != "export":
        out.mkdir()
    os.sync()  # so that nobody pays for the one before
    environment = {**os.environ, "FLUXBATCH_HOME": str(folder), "FLUXBATCH_IMAGES_URL": str(folder / "images")}
    begun = time.monotonic()
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603  # our own words
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    told = {
        "what": name,
        "seconds": round(time.monotonic() - begun, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_mb": round(used.ru_maxrss / 1000),
    }
    print(told, file=sys.stderr)  # noqa: T201  # so that one sees it going on
    return told


def _fill(folder: Path, count: int) -> str:
    """So many pictures, and the ledger of a batch that has made them."""
    manifest = folder / "night.yaml"
    manifest.write_text(MANIFEST, encoding="utf-8")
    noise = random.Random(1).randbytes(PICTURE_BYTES)
    with Ledger(f"sqlite:///{folder / 'ledger.db'}") as ledger:
        with ledger.write() as tx:
            batch = submitting.open_batch(tx, fluxbatch.plan(manifest), BatchTerms(accounts=("main",)), AT).id
            tx.execute(update(batches).values(whole_at=AT, ended_at=AT))
        for first in range(1, count + 1, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, count + 1))
            made = [(number, *_picture(folder / "images", batch, number, noise)) for number in numbers]
            with ledger.write_many() as tx:
                insert_rows(tx, jobs, OF_JOBS, [_job(batch, *one) for one in made])
                insert_rows(tx, attempts, OF_ATTEMPTS, [(one[0], one[0], 1, "main", AT, AT, "done") for one in made])
                insert_rows(tx, charges, OF_CHARGES, [row for one in made for row in _charges(batch, one[0])])
    return batch


def _picture(images: Path, batch: str, number: int, noise: bytes) -> tuple[str, str]:
    """Its key and SHA-256."""
    key = f"{batch}/{number // PER_FOLDER:04}/{number:06}.png"
    data = f"{number:020}".encode() + noise[20:]
    file = images / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return key, hashlib.sha256(data).hexdigest()


def _job(batch: str, number: int, key: str, sha256: str) -> tuple[object, ...]:
    params = {"prompt": f"A red fox in the snow, number {number}", "width": 1024, "height": 1024, "seed": number}
    return (
        *(number, batch, number, f"row-{number}", str(number).encode(), 1, "main", "standard", "flux-dev"),
        *("/v1/flux-dev", json.dumps(params), json.dumps({"style": "photo"}), f"{number:06}.png", "done", AT, AT),
        *(key, sha256, "png", 1024, 1024, PICTURE_BYTES),
    )


def _charges(batch: str, number: int) -> Iterator[tuple[object, ...]]:
    for kind in ("reserved", "settled"):
        yield batch, number, number, kind, 2_500_000, "bench", AT


if __name__ == "__main__":
    main()
