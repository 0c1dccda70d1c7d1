"""Reads datasets with the tools of others, and says as JSON what these found: `python readers.py FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import datasets
import duckdb
import mlcroissant
import webdataset


def main(folder: Path) -> None:
    """Every dataset in this folder."""
    pictured = ("imagefolder", "with tables", "webdataset", "parquet", "without pictures")
    tars = sorted(str(file) for file in (folder / "webdataset").rglob("*.tar"))
    bill = (
        f"SELECT count(*), sum(credits)::TEXT FROM '{folder}/parquet/*/*.parquet' WHERE octet_length(image.bytes) > 0"
    )
    told = {
        "datasets": {form: _loaded(folder / form) for form in pictured},
        "webdataset": [
            {"size": sample["png"].size, "txt": sample["txt"], "json": sample["json"]}
            for sample in webdataset.WebDataset(tars, shardshuffle=False).decode("pil")
        ],
        "duckdb": duckdb.sql(bill).fetchall()[0],
        "croissant": {
            form: _described(folder / form) for form in ("imagefolder", "webdataset", "parquet", "csv", "jsonl")
        },
    }
    json.dump(told, sys.stdout)


def _loaded(folder: Path) -> dict[str, list[dict[str, Any]]]:
    loaded = datasets.load_dataset(str(folder))
    return {split: [_row(row) for row in rows] for split, rows in loaded.items()}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    picture = row.get("image") or row.get("png")
    return {"size": picture.size, "text": row.get("text") or row.get("txt")}


def _described(folder: Path) -> dict[str, Any]:
    described = mlcroissant.Dataset(str(folder / "croissant.json"))
    issues = described.metadata.ctx.issues
    return {"errors": sorted(issues.errors), "records": sum(1 for _ in described.records("records"))}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
