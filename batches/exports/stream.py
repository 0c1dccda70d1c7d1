"""What is fetched ahead by a few threads, and handed out in its order."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

S = TypeVar("S")
T = TypeVar("T")

AHEAD = 16
"""Pictures that are fetched before they are written: of 10 MB each that is half of what an export may take."""


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


def ahead(sources: Iterator[S], deed: Callable[[S], T], threads: int) -> Iterator[T]:
    """What the deed makes of each, in their order. What it raises is raised where its turn comes."""
    waiting: deque[Future[T]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="export")
    try:
        for source in sources:
            waiting.append(pool.submit(deed, source))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
