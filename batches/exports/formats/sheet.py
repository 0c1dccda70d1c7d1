"""A contact sheet: a page to look through pictures, with thumbnails, and with the pictures themselves beside it.

`index.html` reads `items/0000.js` and so on, one for each 1,000 pictures, with their thumbnails in `thumbs/0000/` and
the pictures in `pictures/0000/`. Or it has all of it inside, as one file.
"""

from __future__ import annotations

import base64
from itertools import islice
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.exports import sheet
from batches.exports.page import Tally
from batches.exports.pictures import picture_of
from batches.exports.thumbnails import as_webp, thumbnail

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batches.exports.hands import Hands
    from batches.exports.items import Item
    from batches.exports.page import Shard
    from batches.exports.stream import Stream
    from batches.store.images import Draft

KEY = "index.html"

FOLDERS = ("items", "thumbs", "pictures")

MOST = 1_000
"""Pictures of a folder, and of a script."""

MOST_INSIDE = 2_000
"""Thumbnails inside a page: some 20 MB, which a browser opens within a second, and a mail may carry."""

CHUNK = 100
"""Pictures that are written at once where they go inside."""


class Sheet:
    """A page with folders beside it."""

    def __init__(self, hands: Hands) -> None:
        """Write with these hands."""
        self._hands = hands
        self._columns = sheet.columns_shown(hands.columns)

    def fetch(self, item: Item) -> int:
        """See Format. Thumbnail and picture take their places; what is handed on is how many bytes they have."""
        picture = picture_of(item, self._hands.source)
        thumb = as_webp(thumbnail(picture))
        self._hands.place.put(f"thumbs/{_folder(item)}/{item.name}.webp", thumb)
        if not self._hands.question.options.images:
            return len(thumb)
        self._hands.place.adopt(f"pictures/{_folder(item)}/{item.file}", self._hands.source, item.key)
        return len(thumb) + len(picture)

    def write(self, stream: Stream[tuple[Item, int]], split: str, number: int) -> Shard:  # noqa: ARG002  # items know theirs
        """See Format."""
        assert stream.next is not None
        folder, size, tally = _folder(stream.next[0]), 0, Tally()
        items: list[Item] = []
        while stream.next is not None and _folder(stream.next[0]) == folder:
            item, its_size = next(stream.take())
            items.append(item)
            size += its_size
            tally.add(item)
        key = f"items/{folder}.js"
        with self._hands.place.draft() as draft:
            _write(draft, sheet.lot(folder, items, self._columns))
            shard = tally.shard(split, key, draft, beside=size)
            self._hands.place.keep(key, draft)
        return shard

    def beside(self, shards: Sequence[Shard]) -> Iterator[tuple[str, bytes]]:
        """See Format."""
        page = sheet.page(_title(self._hands), pictures=self._hands.question.options.images)
        scripts = "".join(sheet.script(shard.key) for shard in shards)
        yield KEY, page.replace(sheet.ITEMS, scripts).encode(errors="backslashreplace")


class OnePage:
    """A page with all thumbnails inside."""

    def __init__(self, hands: Hands) -> None:
        """Write with these hands. Raises SettingError for more pictures than a page bears."""
        if hands.survey.total > MOST_INSIDE:
            raise SettingError(
                f"--self-contained takes {MOST_INSIDE:,} pictures at most, and these are {hands.survey.total:,}.",
                cure=f"Leave it out, for thumbnails in files, or take some: --sample {MOST_INSIDE}.",
            )
        self._hands = hands
        self._columns = sheet.columns_shown(hands.columns)

    def fetch(self, item: Item) -> str:
        """See Format. The thumbnail, in Base64."""
        return base64.b64encode(as_webp(thumbnail(picture_of(item, self._hands.source)))).decode()

    def write(self, stream: Stream[tuple[Item, str]], split: str, number: int) -> Shard:  # noqa: ARG002  # there is one
        """See Format."""
        head, _, tail = sheet.page(_title(self._hands), pictures=False).partition(sheet.ITEMS)
        tally = Tally()
        with self._hands.place.draft() as draft:
            _write(draft, head)
            while chunk := list(islice(stream.take(), CHUNK)):
                items, thumbs = zip(*chunk, strict=True)
                _write(draft, sheet.script(text=sheet.lot("", items, self._columns, thumbs)))
                for item in items:
                    tally.add(item)
            _write(draft, tail)
            shard = tally.shard(split, KEY, draft)
            self._hands.place.keep(KEY, draft)
        return shard

    def beside(self, shards: Sequence[Shard]) -> Iterator[tuple[str, bytes]]:  # noqa: ARG002  # all is in one
        """See Format."""
        yield from ()


def contact_sheet(hands: Hands) -> Sheet | OnePage:
    """As it was asked for."""
    return OnePage(hands) if hands.question.options.self_contained else Sheet(hands)


def _folder(item: Item) -> str:
    return f"{item.place // MOST:04}"


def _title(hands: Hands) -> str:
    return ", ".join(hands.survey.names)


def _write(draft: Draft, text: str) -> None:
    draft.write(text.encode(errors="backslashreplace"))
