"""Pictures in folders with a table beside them, as `datasets` loads them.

Each folder has at most 1,000 pictures and a table of its own: `train/` while there are no more, else `train/0000/`,
`train/0001/`. Within one disk or bucket nothing is copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.exports import card, croissant
from batches.exports.croissant import MIMES, file_set
from batches.exports.formats.arrow import FILE_NAME, keep_table
from batches.exports.formats.tables import json_lines
from batches.exports.page import Tally
from batches.exports.pictures import lost, picture_of
from batches.store.images import ImageMissing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batches.exports.hands import Hands
    from batches.exports.items import Item
    from batches.exports.page import Shard
    from batches.exports.stream import Stream
    from batches.store.images import Draft

MOST = 1_000
"""Pictures of a folder: people open it, and listings take a page of it."""


class ImageFolder:
    """A folder of folders."""

    def __init__(self, hands: Hands) -> None:
        """Write with these hands."""
        self._hands = hands
        self._table = f"metadata.{hands.question.options.metadata}"
        self._columns = (FILE_NAME, *hands.columns)

    def fetch(self, item: Item) -> str:
        """See Format. The picture takes its place."""
        source, key = self._hands.source, f"{self._folder(item)}/{item.file}"
        if self._hands.copies:
            self._hands.place.put(key, picture_of(item, source))
            return key
        try:
            self._hands.place.adopt(key, source, item.key)
        except ImageMissing:
            raise lost(item, source, "is gone") from None
        return key

    def write(self, stream: Stream[tuple[Item, str]], split: str, number: int) -> Shard:  # noqa: ARG002  # items know theirs
        """See Format. What came into the folder without belonging there, in a run that was cut off, is removed."""
        assert stream.next is not None
        folder = self._folder(stream.next[0])
        items: dict[str, Item] = {}
        while stream.next is not None and self._folder(stream.next[0]) == folder:
            item, key = next(stream.take())
            items[key] = item
        sizes, tally = self._sizes(folder, items), Tally()
        for key, item in items.items():
            (tally.add if key in sizes else tally.skip)(item)
        with self._hands.place.draft() as draft:
            self._write_table(draft, [items[key] for key in sizes])
            shard = tally.shard(split, folder, draft, beside=sum(sizes.values()))
            self._hands.place.keep(f"{folder}/{self._table}", draft)
        return shard

    def beside(self, shards: Sequence[Shard]) -> Iterator[tuple[str, bytes]]:
        """See Format."""
        yield card.KEY, card.card(self._hands, self._columns, shards, card.files_below(shards, "**"))
        tables = file_set(MIMES[self._hands.question.options.metadata], f"*/{self._table}")
        yield croissant.KEY, croissant.croissant(self._hands, [tables], croissant.fields_of(self._columns))

    def _folder(self, item: Item) -> str:
        if self._hands.survey.counts[item.split] <= MOST:
            return item.split
        return f"{item.split}/{item.place // MOST:04}"

    def _sizes(self, folder: str, items: dict[str, Item]) -> dict[str, int]:
        """The pictures that are in the folder as they should be, by key, with their bytes."""
        found = {kept.key: kept.size for kept in self._hands.place.listing(folder)}
        for key in found.keys() - items.keys() - {f"{folder}/{self._table}"}:
            self._hands.place.delete(key)
        for key, item in items.items():
            if found.get(key) != item.line.bytes:
                self._hands.place.delete(key)
                found.pop(key, None)
                self._hands.lose(lost(item, self._hands.source, "has another size than the picture that was stored"))
        return {key: found[key] for key in items if key in found}

    def _write_table(self, draft: Draft, items: Sequence[Item]) -> None:
        if self._hands.question.options.metadata == "parquet":
            keep_table(draft, items, self._columns)
        else:
            draft.write(json_lines(items, self._columns).encode(errors="backslashreplace"))
