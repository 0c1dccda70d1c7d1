"""The measures of a printed page, in pixels at 150 dots per inch. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.exports.bands import Band, Cell
    from batches.exports.items import Item
    from batches.exports.question import Paper

DPI = 150
PIXELS = {"a4": (1240, 1754), "a3": (1754, 2480)}
COLUMNS = {"a4": 4, "a3": 6}
"""Across a page, where nobody says: pictures of about 4.5 cm."""

MARGIN, GAP = 71, 20
"""12 mm, which every printer leaves; and between pictures 3 mm."""

TITLE, HEADING, WORDS, FACTS = 28, 22, 18, 16
"""Pixels of letters: 13, 11, 9 and 8 points."""

HEAD = 66
"""The title, with what is left free below it."""

TALLEST = 1.5
"""Of a picture, by its width; a taller one is drawn narrower."""


def line_of(size: int) -> int:
    """The height of a line of letters of this size."""
    return round(size * 1.35)


@dataclass(frozen=True, slots=True)
class Frame:
    """A page that is divided into columns."""

    paper: Paper
    columns: int
    has_headings: bool  #: whether prompts stand above rows, and not below each picture

    @property
    def size(self) -> tuple[int, int]:
        """Of the page."""
        return PIXELS[self.paper]

    @property
    def across(self) -> int:
        """What there is between the margins."""
        return self.size[0] - 2 * MARGIN

    @property
    def width(self) -> int:
        """The most of a picture."""
        return (self.across - (self.columns - 1) * GAP) // self.columns

    @property
    def height(self) -> int:
        """The most of a picture."""
        return min(round(self.width * TALLEST), self._room - self.heading - self.caption)

    @property
    def heading(self) -> int:
        """What a prompt takes that stands above rows."""
        return 2 * line_of(HEADING) + GAP if self.has_headings else 0

    @property
    def caption(self) -> int:
        """What the words below a picture take."""
        return line_of(FACTS) + GAP + (0 if self.has_headings else 2 * line_of(WORDS))

    @property
    def most_rows(self) -> int:
        """What a page has room for, however tall the pictures are."""
        return (self._room - self.heading) // (self.height + self.caption)

    def of(self, band: Band) -> int:
        """The height of a band."""
        return self.heading + sum(self.of_row(row) + self.caption for row in band.rows)

    def of_row(self, row: Sequence[Cell | None]) -> int:
        """The height of its pictures."""
        return max(self.picture(cell.item)[1] for cell in row if cell)

    def picture(self, item: Item) -> tuple[int, int]:
        """How large a picture is drawn."""
        wide, high = item.line.width or 1, item.line.height or 1
        scale = min(self.width / wide, self.height / high)
        return max(1, round(wide * scale)), max(1, round(high * scale))

    @property
    def _room(self) -> int:
        return self.size[1] - 2 * MARGIN - HEAD
