"""The formats, by the words that people choose them by."""

from __future__ import annotations

from batches.errors import SettingError
from batches.exports.formats.imagefolder import ImageFolder
from batches.exports.formats.parquet import Parquet
from batches.exports.formats.seam import Kind
from batches.exports.formats.tables import as_csv, as_jsonl
from batches.exports.formats.webdataset import WebDataset
from batches.models.spelling import did_you_mean

SHARDED = frozenset({"shard-size", "shard-count"})

KINDS = {
    kind.word: kind
    for kind in (
        Kind(word="imagefolder", make=ImageFolder, takes=frozenset({"metadata", "copy"})),
        Kind(word="webdataset", make=WebDataset, takes=SHARDED),
        Kind(word="parquet", make=Parquet, takes=SHARDED | {"no-images"}),
        Kind(word="csv", make=as_csv, is_table=True),
        Kind(word="jsonl", make=as_jsonl, is_table=True),
    )
}


def kind_of(word: str) -> Kind:
    """The format that is called so. Raises SettingError for a word that is none."""
    if kind := KINDS.get(word):
        return kind
    hint = did_you_mean(word, KINDS)
    raise SettingError(
        f"--format knows no {word!r}{'; ' if hint else '.'}{hint}", cure=f"Take one of {', '.join(KINDS)}."
    )
