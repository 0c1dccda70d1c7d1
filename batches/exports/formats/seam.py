"""The seam: what every format can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batches.exports.hands import Hands
    from batches.exports.items import Item
    from batches.exports.page import Shard
    from batches.exports.stream import Stream

T = TypeVar("T")


class Format(Protocol[T]):
    """Writes a dataset at a place, one shard after the other, each of them whole or not at all."""

    def fetch(self, item: Item) -> T:
        """What it needs of an item's picture; several threads ask ahead. Raises PictureLost."""

    def write(self, stream: Stream[tuple[Item, T]], split: str, number: int) -> Shard:
        """The shard of this number in a split, from 0, of as many items as belong into one; there is at least one."""

    def beside(self, shards: Sequence[Shard]) -> Iterator[tuple[str, bytes]]:
        """The small files, with their keys, that go beside all shards once these are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A format as people choose it."""

    word: str  #: as `--format` takes it
    make: Callable[[Hands], Format[Any]]
    takes: frozenset[str] = frozenset()  #: the options of its own
    is_table: bool = False  #: whether it is one table of jobs, in any state and of all splits, without their pictures
