"""Tar shards as WebDataset reads them: of each picture three entries of one name, the picture, its facts, its text.

The same question gives the same bytes: entries have no time and no owner.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batches.exports import card, croissant
from batches.exports.columns import facts_of
from batches.exports.croissant import MIMES, file_object, file_set
from batches.exports.formats.tar import END, entry
from batches.exports.page import Tally
from batches.exports.pictures import picture_of
from batches.exports.stream import Behind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batches.exports.hands import Hands
    from batches.exports.items import Item
    from batches.exports.page import Shard
    from batches.exports.stream import Stream

INDEX = "index.json"

BLOCK = 2_000_000
"""Bytes that are written and hashed at once, beside the fetching of the next."""

FIELDS = (
    croissant.image_field({"extract": {"fileProperty": "content"}}),
    croissant.Field(
        name="file_name",
        about="its entry; the facts have the same name with .json, and the caption with .txt",
        type="sc:Text",
        source={"extract": {"fileProperty": "filename"}},
    ),
)
"""What readers of the description can read out of the shards."""


class WebDataset:
    """`train/00000.tar` and so on, with `index.json`."""

    def __init__(self, hands: Hands) -> None:
        """Write with these hands."""
        self._hands = hands

    def fetch(self, item: Item) -> tuple[bytes, ...]:
        """See Format. The parts of an item's entries, picture and all."""
        picture = picture_of(item, self._hands.source)
        facts = facts_of(item, self._hands.columns)
        return (
            *entry(item.file, picture),
            *entry(f"{item.name}.json", facts.encode(errors="backslashreplace")),
            *entry(f"{item.name}.txt", item.caption.encode(errors="backslashreplace")),
        )

    def write(self, stream: Stream[tuple[Item, tuple[bytes, ...]]], split: str, number: int) -> Shard:
        """See Format."""
        key, tally = f"{split}/{number:05}.tar", Tally()
        with self._hands.place.draft() as draft:
            with Behind(draft.write) as written:
                for block in self._blocks(stream, tally):
                    written.take(block)
            draft.write(END)
            shard = tally.shard(split, key, draft)
            self._hands.place.keep(key, draft)
        return shard

    def _blocks(self, stream: Stream[tuple[Item, tuple[bytes, ...]]], tally: Tally) -> Iterator[bytes]:
        """The entries of one shard."""
        options, block, waiting, size = self._hands.question.options, list[bytes](), 0, 0
        for item, parts in stream.take():
            tally.add(item)
            block += parts
            waiting += sum(map(len, parts))
            is_full = tally.items == options.shard_count or size + waiting >= options.shard_bytes
            if is_full or waiting >= BLOCK:
                yield b"".join(block)
                block, waiting, size = [], 0, size + waiting
            if is_full:
                return
        yield b"".join(block)

    def beside(self, shards: Sequence[Shard]) -> Iterator[tuple[str, bytes]]:
        """See Format."""
        yield INDEX, _index("-".join(self._hands.survey.names), shards)
        yield card.KEY, card.card(self._hands, self._hands.columns, shards, card.files_below(shards, "*.tar"))
        tars = [file_object(MIMES["tar"], shard) for shard in shards]
        pictures = file_set("image/*", "*.png", "*.jpg", "*.webp", within=[shard.key for shard in shards])
        yield croissant.KEY, croissant.croissant(self._hands, [*tars, pictures], FIELDS)


def _index(name: str, shards: Sequence[Shard]) -> bytes:
    """The shards, in the words of indexed readers of such tars."""
    told = [
        {"url": shard.key, "nsamples": shard.items, "filesize": shard.bytes, "sha256": shard.sha256} for shard in shards
    ]
    index = {"__kind__": "wids-shard-index-v1", "wids_version": 1, "name": name, "shardlist": told}
    return (json.dumps(index, indent=2) + "\n").encode()
