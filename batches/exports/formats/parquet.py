"""Parquet files with the pictures in them, as `datasets` and DuckDB read them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from batches.exports import card, croissant
from batches.exports.croissant import MIMES, file_set
from batches.exports.formats.arrow import Sink, arrays, arrow, features, fields
from batches.exports.page import Tally
from batches.exports.pictures import picture_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batches.exports.hands import Hands
    from batches.exports.items import Item
    from batches.exports.page import Shard
    from batches.exports.stream import Stream

GROUP_BYTES = 16_000_000
"""Of the pictures in a row group, which is held in memory whole by those who write it and those who read it."""

GROUP_ROWS = 1_000
"""Of a row group in any case."""

FILES = "*.parquet"

IMAGE = croissant.image_field({"extract": {"column": "image"}, "transform": {"jsonPath": "bytes"}})


class Parquet:
    """`train/00000.parquet` and so on."""

    def __init__(self, hands: Hands) -> None:
        """Write with these hands. Raises SettingError without pyarrow."""
        self._hands, self._pa = hands, arrow()
        picture = self._pa.struct([("bytes", self._pa.binary()), ("path", self._pa.string())])
        self._schema = self._pa.schema(
            [("image", picture), *fields(hands.columns)], metadata={"huggingface": features(hands.columns, image=True)}
        )

    def fetch(self, item: Item) -> bytes | None:
        """See Format."""
        return picture_of(item, self._hands.source) if self._hands.question.options.images else None

    def write(self, stream: Stream[tuple[Item, bytes | None]], split: str, number: int) -> Shard:
        """See Format."""
        options, key, tally = self._hands.question.options, f"{split}/{number:05}.parquet", Tally()
        with self._hands.place.draft() as draft:
            with self._writer(Sink(draft)) as writer:
                while draft.size < options.shard_bytes and tally.items != options.shard_count:
                    room = min(GROUP_ROWS, options.shard_count - tally.items) if options.shard_count else GROUP_ROWS
                    if not (group := _group(stream, room, options.shard_bytes - draft.size)):
                        break
                    writer.write_table(self._table(group))
                    for item, _ in group:
                        tally.add(item)
            shard = tally.shard(split, key, draft)
            self._hands.place.keep(key, draft)
        return shard

    def beside(self, shards: Sequence[Shard]) -> Iterator[tuple[str, bytes]]:
        """See Format."""
        yield card.KEY, card.card(self._hands, self._hands.columns, shards, card.files_below(shards, FILES))
        fields = croissant.fields_of(self._hands.columns)
        if self._hands.question.options.images:
            fields = chain([IMAGE], fields)
        yield croissant.KEY, croissant.croissant(self._hands, [file_set(MIMES["parquet"], FILES)], fields)

    def _writer(self, sink: Sink) -> Any:  # noqa: ANN401  # pyarrow has no types
        """Pictures are packed already, and no two are alike: only the other columns are worth the effort."""
        others = [column.name for column in self._hands.columns]
        return self._pa.parquet.ParquetWriter(
            sink, self._schema, use_dictionary=others, write_statistics=others,
            compression={"image.bytes": "none", "image.path": "snappy", **dict.fromkeys(others, "snappy")},
        )  # fmt: skip

    def _table(self, group: Sequence[tuple[Item, bytes | None]]) -> Any:  # noqa: ANN401  # as above
        images = [{"bytes": data, "path": self._path(item)} for item, data in group]
        told = arrays([item for item, _ in group], self._hands.columns)
        return self._pa.table({"image": images, **told}, schema=self._schema)

    def _path(self, item: Item) -> str:
        """The file's name beside its bytes, or else where it is."""
        return item.file if self._hands.question.options.images else self._hands.source.locate(item.key)


def _group(
    stream: Stream[tuple[Item, bytes | None]], rows: int, most_bytes: int
) -> Sequence[tuple[Item, bytes | None]]:
    """As many as a row group takes; none where nothing is left."""
    group, size = [], 0
    for item, data in stream.take():
        group.append((item, data))
        size += len(data or b"")
        if len(group) == rows or size >= min(GROUP_BYTES, most_bytes):
            break
    return group
