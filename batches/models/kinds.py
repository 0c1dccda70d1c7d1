"""The kinds of value a request field holds, and whether a value is of one."""

from __future__ import annotations

import math
import re
from enum import StrEnum

#: The most images that one field may list.
MOST_IMAGES = 10

_WHOLE = re.compile(r"[-+]?[0-9]{1,40}")  # Python takes minutes to read a million digits
_DECIMAL = re.compile(r"[-+]?([0-9]{1,40}\.[0-9]{0,40}|\.[0-9]{1,40})")
_RATIO = re.compile(r"([1-9][0-9]{0,5}):([1-9][0-9]{0,5})")


class Kind(StrEnum):
    """What a field holds. URLs, ratios, images and archives are strings on the wire."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    URL = "url"
    RATIO = "ratio"  #: W:H, between 21:9 and 9:21
    IMAGE = "image"  #: one image, as URL or base64
    IMAGES = "images"  #: one image or a list of them
    ARCHIVE = "archive"  #: a ZIP of training images, as base64


#: How a person is told what is wanted, read after "it must be".
NOUNS = {
    Kind.STRING: "a text",
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
    Kind.URL: "a URL",
    Kind.RATIO: "a ratio W:H between 21:9 and 9:21",
    Kind.IMAGE: "an image",
    Kind.IMAGES: f"an image or a list of 1 to {MOST_IMAGES} images",
    Kind.ARCHIVE: "a ZIP archive",
}

#: How a kind is called in JSON Schema; what is not named here is a string.
SCHEMA_TYPES = {Kind.INTEGER: "integer", Kind.NUMBER: "number", Kind.BOOLEAN: "boolean"}


def is_a(kind: Kind, value: object) -> bool:
    """Whether the value is of the kind. True is no number here, and neither are infinity and NaN."""
    match kind:
        case Kind.BOOLEAN:
            return isinstance(value, bool)
        case Kind.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.NUMBER:
            return is_a(Kind.INTEGER, value) or (isinstance(value, float) and math.isfinite(value))
        case Kind.RATIO:
            return isinstance(value, str) and _is_drawable(value)
        case Kind.IMAGES if isinstance(value, list):
            return 1 <= len(value) <= MOST_IMAGES and all(isinstance(image, str) for image in value)
        case _:
            return isinstance(value, str)


def read_as(kind: Kind, text: str) -> object:
    """The value of this kind that a text stands for: "1024" -> 1024. A text that stands for none stays what it is."""
    word = text.strip()
    if kind is Kind.BOOLEAN:
        return {"true": True, "false": False}.get(word.lower(), text)
    if kind in {Kind.INTEGER, Kind.NUMBER} and _WHOLE.fullmatch(word):
        return int(word)
    if kind is Kind.NUMBER and _DECIMAL.fullmatch(word):
        return float(word)
    return text


def _is_drawable(ratio: str) -> bool:
    """Whether the text is W:H and no longer than 21:9 either way; whole numbers need no rounding."""
    if not (sides := _RATIO.fullmatch(ratio)):
        return False
    width, height = map(int, sides.groups())
    return width * 9 <= height * 21 and height * 9 <= width * 21
