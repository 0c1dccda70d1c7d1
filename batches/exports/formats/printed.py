"""Pages to print: pictures with their words, as they come, or those of a prompt side by side by model or seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.exports.bands import Order, next_band
from batches.exports.frame import COLUMNS, Frame
from batches.exports.page import Tally
from batches.exports.paper import Page
from batches.exports.pictures import picture_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batches.exports.hands import Hands
    from batches.exports.items import Item
    from batches.exports.page import Shard
    from batches.exports.stream import Stream

PAGES = "pages"
"""The folder that they are in."""


class Print:
    """`pages/sheet-001.jpg` and so on; each is a shard."""

    def __init__(self, hands: Hands) -> None:
        """Write with these hands. Raises SettingError where columns are asked for and models stand in them."""
        options, models = hands.question.options, tuple(hands.survey.models)
        if options.by == "model" and options.columns:
            raise SettingError(
                "--columns means nothing with --by model.", cure="Leave it out: each model has a column."
            )
        columns = len(models) if options.by == "model" else options.columns or COLUMNS[options.paper]
        self._hands = hands
        self._frame = Frame(options.paper, columns, has_headings=options.by is not None)
        self._order = Order(by=options.by, columns=columns, models=models, most_rows=self._frame.most_rows)
        self._digits = max(3, len(str(hands.survey.total)))

    def fetch(self, item: Item) -> bytes:
        """See Format."""
        return picture_of(item, self._hands.source)

    def write(self, stream: Stream[tuple[Item, bytes]], split: str, number: int) -> Shard:
        """See Format. What has no room on a page is given back for the next."""
        page, tally = Page(self._frame, ", ".join(self._hands.survey.names), number + 1), Tally()
        while stream.next is not None:
            band = next_band(stream, self._order)
            if not page.has_room(band):
                stream.give_back(band.taken)
                break
            page.add(band)
            for item, _ in band.taken:
                tally.add(item)
        key = f"{PAGES}/sheet-{number + 1:0{self._digits}}.jpg"
        with self._hands.place.draft() as draft:
            draft.write(page.jpeg())
            shard = tally.shard(split, key, draft)
            self._hands.place.keep(key, draft)
        return shard

    def beside(self, shards: Sequence[Shard]) -> Iterator[tuple[str, bytes]]:  # noqa: ARG002  # pages say all
        """See Format."""
        yield from ()
