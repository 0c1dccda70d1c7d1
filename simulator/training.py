"""The training data of a finetune: a ZIP of images with captions, really opened."""

from __future__ import annotations

import base64
import binascii
import io
import zipfile
from pathlib import PurePosixPath

from PIL import Image

from simulator.refusals import Refusal

MOST_IMAGES = 20
PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


def images_in(file_data: str) -> int:
    """How many images are in it; refused unless there are 1 to 20, all sound, and nothing but captions beside."""
    try:
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(file_data, validate=True))) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            pictures = [name for name in names if PurePosixPath(name).suffix.lower() in PICTURES]
            for name in pictures[:MOST_IMAGES]:
                with Image.open(io.BytesIO(archive.read(name))) as image:
                    image.load()
    except (binascii.Error, ValueError, OSError, zipfile.BadZipFile, SyntaxError):
        raise Refusal(400, "file_data is not a base64-encoded ZIP file of images") from None
    if not 1 <= len(pictures) <= MOST_IMAGES:
        raise Refusal(400, f"file_data must hold 1 to {MOST_IMAGES} images")
    if any(PurePosixPath(name).suffix.lower() not in PICTURES | {".txt"} for name in names):
        raise Refusal(400, "file_data may hold images and captions only")
    return len(pictures)
