"""A printed page while it is drawn."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from batches.exports.frame import DPI, FACTS, GAP, HEAD, HEADING, MARGIN, TITLE, WORDS, line_of
from batches.exports.lettering import fitted, font
from batches.exports.thumbnails import plain

if TYPE_CHECKING:
    from batches.exports.bands import Band, Cell
    from batches.exports.frame import Frame

INK, MUTED, LINE = "#14181d", "#5b6570", "#d5d9dd"


class Page:
    """Rows of pictures with words below them, from the top to the end."""

    def __init__(self, frame: Frame, title: str, number: int) -> None:
        """Begin with the title."""
        self._frame = frame
        self._image = Image.new("RGB", frame.size, "white")
        self._draw = ImageDraw.Draw(self._image)
        self._top = self._begin = MARGIN + HEAD
        right = MARGIN + frame.across
        self._draw.text((right, MARGIN), str(number), MUTED, font(TITLE), anchor="ra")
        self._write(title, (MARGIN, MARGIN), TITLE, INK, width=frame.across - 4 * TITLE)

    def has_room(self, band: Band) -> bool:
        """Whether it fits below what is there; it always does where nothing is."""
        below = self._top + self._frame.of(band)
        return self._top == self._begin or below <= self._frame.size[1] - MARGIN

    def add(self, band: Band) -> None:
        """Draw it."""
        if self._frame.has_headings:
            self._draw.line((MARGIN, self._top, MARGIN + self._frame.across, self._top), LINE, 2)
            self._write(band.heading, (MARGIN, self._top + GAP // 2), HEADING, INK, width=self._frame.across, lines=2)
            self._top += self._frame.heading
        for row in band.rows:
            below = self._top + self._frame.of_row(row)
            for column, cell in enumerate(row):
                if cell:
                    self._cell(cell, MARGIN + column * (self._frame.width + GAP), below)
            self._top = below + self._frame.caption

    def jpeg(self) -> bytes:
        """The page as a file."""
        file = io.BytesIO()
        self._image.save(file, "JPEG", quality=90, subsampling=0, dpi=(DPI, DPI))
        return file.getvalue()

    def _cell(self, cell: Cell, left: int, below: int) -> None:
        """Pictures of a row stand on one line, their words below it."""
        line, size = cell.item.line, self._frame.picture(cell.item)
        with Image.open(io.BytesIO(cell.picture)) as image:
            image.draft("RGB", size)
            self._image.paste(plain(image).resize(size, Image.Resampling.LANCZOS), (left, below - size[1]))
        top = below + GAP // 3
        if not self._frame.has_headings:
            self._write(cell.item.caption, (left, top), WORDS, INK, width=self._frame.width, lines=2)
            top += 2 * line_of(WORDS)
        seed = line.params.get("seed")
        self._write(
            line.model if seed is None else f"{line.model}, seed {seed}",
            (left, top), FACTS, MUTED, width=self._frame.width,
        )  # fmt: skip

    def _write(self, text: str, at: tuple[int, int], size: int, colour: str, *, width: int, lines: int = 1) -> None:
        for row, line in enumerate(fitted(text, size, width, lines)):
            self._draw.text((at[0], at[1] + row * line_of(size)), line, colour, font(size))
