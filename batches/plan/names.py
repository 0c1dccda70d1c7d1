"""File names: from template and facts to a path that is safe on every file system and in every bucket."""

from __future__ import annotations

import re
import unicodedata
from string import Formatter

PLACEHOLDERS = ("id", "model", "seed", "number", "name")
SLUG_CHARACTERS = 40
PART_BYTES = 110  # of one file or folder name in UTF-8; with the extension well below the 255 that file systems take

UNSAFE = re.compile(r"[^\w.-]+")
NO_WORD = re.compile(r"[\W_]+")


def slug(text: str) -> str:
    """`A red fox, in the snow!` -> `a-red-fox-in-the-snow`: whole words up to 40 characters, or none."""
    words = NO_WORD.sub("-", unicodedata.normalize("NFC", text[: 4 * SLUG_CHARACTERS]).lower()).strip("-")
    if len(words) <= SLUG_CHARACTERS:
        return words
    head, _, cut = words[: SLUG_CHARACTERS + 1].rpartition("-")
    return head or cut[:SLUG_CHARACTERS]


def template_problem(template: str) -> tuple[str, str] | None:
    """What is wrong with a template, and the cure."""
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    try:
        pieces = list(Formatter().parse(template))
    except ValueError:
        return "a brace is left open or closed alone", f"placeholders are {known}"
    for _, field, spec, conversion in pieces:
        if field is not None and (field not in PLACEHOLDERS or spec or conversion):
            shown = field + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            return f"there is no placeholder {{{shown}}}", f"placeholders are {known}"
    if template.startswith("/") or ".." in template.split("/"):
        return "a file name cannot lead out of the images", "write a name or a folder and a name"
    return None


def always_different(template: str) -> bool:
    """Whether no two jobs get the same name from this template: the number begins it, and is always of one width."""
    return template.rpartition("/")[2].startswith("{number}")


def output_name(template: str, facts: dict[str, str], extension: str) -> str:
    """The template filled in: `{model}/{id}` -> `flux-dev/owl.png`."""
    filled = template.format_map({name: _safe(fact) for name, fact in facts.items()})
    parts = [_part(part) for part in filled.split("/") if part]
    return f"{'/'.join(parts) or '_'}.{extension}"


def folded(name: str) -> str:
    """Equal for names that some file system takes for the same."""
    return unicodedata.normalize("NFC", name.casefold())


def _safe(text: str) -> str:
    return UNSAFE.sub("-", unicodedata.normalize("NFC", text))


def _part(part: str) -> str:
    """One file or folder name: no hidden file, no option, no parent folder, not too long."""
    part = _safe(part).strip(".-")
    if len(part.encode()) > PART_BYTES:
        part = part.encode()[:PART_BYTES].decode(errors="ignore").strip(".-")
    return part or "_"
