"""Those who read datasets read ours: `datasets`, WebDataset, DuckDB and Croissant, in a process without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batches.exports import Options, splits_of

if TYPE_CHECKING:
    from tests.batches.exports.gallery import Gallery

PICTURES, SIZE = 12, [32, 24]
FORMATS = ("imagefolder", "webdataset", "parquet", "csv", "jsonl")


TEXTS = {f"Animal {number}" for number in range(4)}


def test_others_read_what_is_exported(gallery: Gallery) -> None:
    """One test for all, because those readers take seconds to start."""
    batch = gallery.make(PICTURES, prompts=sorted(TEXTS))
    splits = splits_of("train=0.5,val=0.5")
    for form in FORMATS:
        gallery.export(batch, form=form, place=gallery.at(form), splits=splits, options=Options(shard_count=3))
    gallery.export(batch, place=gallery.at("with tables"), splits=splits, options=Options(metadata="parquet"))
    gallery.export(batch, form="parquet", place=gallery.at("without pictures"), options=Options(images=False))

    told = said_by_readers(gallery.folder)
    for form in ("imagefolder", "with tables", "webdataset", "parquet"):
        train, val = (told["datasets"][form][split] for split in ("train", "val"))
        assert len(train) + len(val) == PICTURES
        assert all(row["size"] == SIZE for row in train + val)
        texts = [{row["text"] for row in rows} for rows in (train, val)]
        assert texts[0] | texts[1] == TEXTS
        assert not texts[0] & texts[1]
    assert [row["size"] for row in told["datasets"]["without pictures"]["train"]] == [SIZE] * PICTURES
    assert [sample["size"] for sample in told["webdataset"]] == [SIZE] * PICTURES
    assert all(sample["txt"] == sample["json"]["text"] for sample in told["webdataset"])
    assert told["duckdb"] == [PICTURES, f"{1.4 * PICTURES:.6f}"]
    assert told["croissant"] == {form: {"errors": [], "records": PICTURES} for form in FORMATS}


def said_by_readers(folder: Path) -> Any:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": f"{folder}/cache", "HOME": str(folder)}
    script = Path(__file__).with_name("readers.py")
    done = subprocess.run(
        [sys.executable, script, folder], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
