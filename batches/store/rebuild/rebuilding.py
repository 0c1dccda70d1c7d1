"""From an image store into a ledger: batch by batch, some thousand sidecars in a transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from batches.store.images.checking import Wrong
from batches.store.images.keys import batch_of
from batches.store.ledger import rebuilding
from batches.store.rebuild.finding import Found, Pair, pairs_of, reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from batches.store.images import ImageStore
    from batches.store.ledger import Ledger


@dataclass(slots=True)
class Rebuilt:
    """What came of it."""

    batches: dict[str, int] = field(default_factory=dict)  #: pictures of each batch that was written
    left_alone: list[str] = field(default_factory=list)  #: batches that the ledger has already
    wrong: list[Wrong] = field(default_factory=list)  #: what is not in the ledger, and why
    micro_credits: int = 0  #: what the pictures cost, as far as anybody said

    @property
    def pictures(self) -> int:
        """Of all batches."""
        return sum(self.batches.values())


def rebuild(
    store: ImageStore, ledger: Ledger, *, batch: str | None, hashing: bool, tell: Callable[[Rebuilt], None]
) -> Rebuilt:
    """Write what the sidecars say, of this batch or of all, and tell how far it is from time to time."""
    return _Rebuilding(store, ledger, tell).run(batch, hashing=hashing)


class _Rebuilding:
    """One rebuilding. Copies are written last: they name jobs of any batch."""

    def __init__(self, store: ImageStore, ledger: Ledger, tell: Callable[[Rebuilt], None]) -> None:
        self._store = store
        self._ledger = ledger
        self._tell = tell
        self._result = Rebuilt()
        self._copies: list[Pair] = []

    def run(self, batch: str | None, *, hashing: bool) -> Rebuilt:
        with reader(self._store, hashing=hashing) as read:
            for batch_id, kept in groupby(self._store.listing(batch or ""), lambda one: batch_of(one.key)):
                self._take(batch_id, read(self._pairs(pairs_of(kept))))
            for chunk in read(self._copies):
                self._write_copies(chunk)
        with self._ledger.write() as tx:
            for batch_id in self._result.batches:
                rebuilding.end(tx, batch_id)
        return self._result

    def _pairs(self, found: Iterable[Pair | Wrong]) -> Iterator[Pair]:
        for one in found:
            if isinstance(one, Pair):
                yield one
            else:
                self._result.wrong.append(one)

    def _take(self, batch_id: str, chunks: Iterable[Sequence[Found | Wrong]]) -> None:
        wrong_before = len(self._result.wrong)
        for chunk in chunks:
            found = [one for one in chunk if isinstance(one, Found)]
            if found and not self._write(batch_id, found):
                self._result.left_alone.append(batch_id)
                del self._result.wrong[wrong_before:]
                return
            self._result.wrong += [one for one in chunk if isinstance(one, Wrong)]
            self._tell(self._result)

    def _write(self, batch_id: str, found: Sequence[Found]) -> bool:
        with self._ledger.write_many() as tx:
            if not rebuilding.begin(tx, found[0].facts.batch):
                return False
            new = self._new(rebuilding.known(tx, batch_id, [one.facts.job.number for one in found]), found)
            rebuilding.add_made(tx, batch_id, [one for one in new if one.facts.job.copy_of is None])
        self._copies += [Pair(one.key, one.facts.image.bytes) for one in new if one.facts.job.copy_of is not None]
        self._result.batches[batch_id] = self._result.batches.get(batch_id, 0) + len(found)
        self._result.micro_credits += sum(one.facts.micro_credits or 0 for one in found)
        return True

    def _new(self, known: Mapping[int, str], found: Sequence[Found]) -> Sequence[Found]:
        """Those that are not in the ledger. A rebuilding that was cut off may have written some of them."""
        new: dict[int, Found] = {}
        for one in found:
            number, name = one.facts.job.number, one.facts.job.output_name
            there = new[number].facts.job.output_name if number in new else known.get(number)
            if there is None:
                new[number] = one
            elif there != name:
                self._result.wrong.append(Wrong(one.key, f"{there} is job {number} too, and both cannot be"))
        return list(new.values())

    def _write_copies(self, chunk: Iterable[Found | Wrong]) -> None:
        with self._ledger.write_many() as tx:
            rebuilding.add_copies(tx, [one for one in chunk if isinstance(one, Found)])
