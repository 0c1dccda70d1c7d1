"""The page, and the lots of pictures that it shows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from batches.exports.columns import OF_JOBS, SPELL, Column, cells_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

    from batches.exports.items import Item

ROOM = Path(__file__).parent

ITEMS = "<!-- items -->"
"""Where the lots go in the page."""

FILE = Column("file", "text", lambda item: item.file, "file of the picture")

UNSHOWN = frozenset({"prompt", "sha256"})
"""Columns of a dataset that nobody looks for in a picture; its text is shown."""


def columns_shown(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Of a dataset's columns, those that the page tells, with the file and the split."""
    split = next(column for column in OF_JOBS if column.name == "split")
    return (FILE, *(column for column in columns if column.name not in UNSHOWN), split)


def page(title: str, *, pictures: bool) -> str:
    """The page without its lots; `pictures` says whether the large ones lie beside it."""
    told = {name: (ROOM / f"sheet.{name}").read_text() for name in ("css", "js")}
    return _template().render(title=title, pictures=pictures, items=ITEMS, **told)


def lot(folder: str, items: Sequence[Item], columns: Sequence[Column], thumbnails: Sequence[str] = ()) -> str:
    """A call of the page's script with these pictures, and with their thumbnails as Base64 if they go inside."""
    cells = [cells_of(item, columns) for item in items]
    names = [column.name for column in columns]
    if thumbnails:
        names.append("thumb")
        cells = [[*line, thumbnail] for line, thumbnail in zip(cells, thumbnails, strict=True)]
    lines = ",\n".join(map(SPELL, cells))
    return f"lot({SPELL(folder)}, {SPELL(names)}, [\n{lines}\n]);\n".replace("<", r"\u003c")


def script(source: str = "", text: str = "") -> str:
    """A lot in the page: its file, or all of it."""
    return f'<script src="{source}" defer></script>\n' if source else f"<script>\n{text}</script>\n"


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    room = Environment(loader=FileSystemLoader(ROOM), autoescape=True, undefined=StrictUndefined)
    return room.get_template("sheet.html.j2")
