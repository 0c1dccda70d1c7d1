"""The one picture of these worlds."""

from __future__ import annotations

import io

from PIL import Image


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "png")
    return file.getvalue()


PICTURE = _picture()
