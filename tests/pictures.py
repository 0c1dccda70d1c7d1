"""Pictures for tests to send. A JPEG tells apart colours that differ by 20 or so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path


def picture(path: Path, width: int = 128, height: int = 96, *, colour: int = 0) -> Path:
    """A picture in this file, in the format of its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, height), (colour, 90, 160)).save(path)
    return path
