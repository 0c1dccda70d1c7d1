"""File names: from template and facts to a path that is safe on every file system and in every bucket."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from batches.manifest.template import NAMES_TOLD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.manifest import Template

PLACEHOLDERS = ("id", "model", "seed", "number", "name")
SLUG_CHARACTERS = 40
PART_BYTES = 110  # of one file or folder name in UTF-8; with the extension well below the 255 that file systems take

UNSAFE = re.compile(r"[^\w.-]+")
NO_WORD = re.compile(r"[\W_]+")


class Naming(NamedTuple):
    """The name of a job's file, once its number is known."""

    template: Template
    facts: Mapping[str, str]  #: what the template may say, but for the number
    extension: str
    digits: int  #: of the number, so that names sort by it

    def __call__(self, number: int) -> str:
        """The name that goes with this number."""
        return output_name(self.template, {**self.facts, "number": f"{number:0{self.digits}}"}, self.extension)


def slug(text: str) -> str:
    """`A red fox, in the snow!` -> `a-red-fox-in-the-snow`: whole words up to 40 characters, or none."""
    words = NO_WORD.sub("-", unicodedata.normalize("NFC", text[: 4 * SLUG_CHARACTERS]).lower()).strip("-")
    if len(words) <= SLUG_CHARACTERS:
        return words
    head, _, cut = words[: SLUG_CHARACTERS + 1].rpartition("-")
    return head or cut[:SLUG_CHARACTERS]


def template_problem(template: str) -> tuple[str, str] | None:
    """What is wrong with a template for every row, and the cure."""
    if template.startswith("/") or ".." in template.split("/"):
        return "a file name cannot lead out of the images", "write a name or a folder and a name"
    return None


def unknown_name(template: Template, variables: Mapping[str, str]) -> tuple[str, str] | None:
    """What a row with these variables cannot fill in, and the cure."""
    for name in template.names:
        if name not in PLACEHOLDERS and name not in variables:
            known = ", ".join(f"{{{one}}}" for one in (*PLACEHOLDERS, *list(variables)[:NAMES_TOLD]))
            return f"there is no placeholder {{{name}}}", f"placeholders are {known}"
    return None


def always_different(template: str) -> bool:
    """Whether no two jobs get the same name from this template: the number begins it, and is always of one width."""
    return template.rpartition("/")[2].startswith("{number}")


def output_name(template: Template, facts: Mapping[str, str], extension: str) -> str:
    """The template filled in: `{model}/{id}` -> `flux-dev/owl.png`; only the template makes folders."""
    filled = template.fill({name: facts[name].replace("/", "-") for name in template.names})
    parts = [_part(part) for part in filled.split("/") if part]
    return f"{'/'.join(parts) or '_'}.{extension}"


def folded(name: str) -> str:
    """Equal for names that some file system takes for the same."""
    return unicodedata.normalize("NFC", name.casefold())


def _part(part: str) -> str:
    """One file or folder name: no hidden file, no option, no parent folder, not too long."""
    part = UNSAFE.sub("-", unicodedata.normalize("NFC", part)).strip(".-")
    if len(part) > PART_BYTES or (not part.isascii() and len(part.encode()) > PART_BYTES):
        part = part.encode()[:PART_BYTES].decode(errors="ignore").strip(".-")
    return part or "_"
