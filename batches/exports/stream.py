"""What is fetched ahead by a few threads, and handed out in its order."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

S = TypeVar("S")
T = TypeVar("T")

LOT, LOT_BYTES = 32, 2_000_000
"""Small pictures are fetched some at a time, because handing each to a thread takes longer than reading it."""


class Stream(Generic[T]):
    """An iterator that several may take from, one after the other, and that tells what comes next."""

    def __init__(self, source: Iterator[T]) -> None:
        """Take over this iterator; its first one is fetched at once."""
        self._source = source
        self.next = next(source, None)  #: what is handed out next; None: nothing is left

    def take(self) -> Iterator[T]:
        """The rest of them, until whoever asks has enough."""
        while (one := self.next) is not None:
            self.next = next(self._source, None)
            yield one


def ahead(sources: Iterable[Sequence[S]], deed: Callable[[S], T], threads: int) -> Iterator[T]:
    """What the deed makes of each, in their order, while a thread does one lot after the other.

    What it raises is raised where its turn comes.
    """
    waiting: deque[Future[list[T]]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="export")
    try:
        for lot in sources:
            waiting.append(pool.submit(_all, deed, lot))
            if len(waiting) > threads:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


class Behind(Generic[S]):
    """Does a deed with one thing after the other in a thread of its own, while the next is made.

    One is under way at most. What it raises is raised with the next thing, or at the end of the block.
    """

    def __init__(self, deed: Callable[[S], None]) -> None:
        """Do this."""
        self._deed = deed
        self._under_way: Future[None] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="behind")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._settle()
        finally:
            self._pool.shutdown()

    def take(self, thing: S) -> None:
        """Do it with this too."""
        self._settle()
        self._under_way = self._pool.submit(self._deed, thing)

    def _settle(self) -> None:
        if self._under_way:
            self._under_way.result()


def lots_of(sources: Iterable[S], weight: Callable[[S], int]) -> Iterator[Sequence[S]]:
    """Some of them at a time: so many that a thread has something to do, and so few that they fit into memory."""
    lot: list[S] = []
    weighed = 0
    for source in sources:
        lot.append(source)
        weighed += weight(source)
        if weighed >= LOT_BYTES or len(lot) == LOT:
            yield lot
            lot, weighed = [], 0
    if lot:
        yield lot


def _all(deed: Callable[[S], T], lot: Sequence[S]) -> list[T]:
    return [deed(source) for source in lot]
