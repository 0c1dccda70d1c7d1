"""Writes a manifest for a person, and the schema beside it that editors check it by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.planning import manifest_schema
from console.actions.composing import compose
from console.actions.wishing import checked

if TYPE_CHECKING:
    from pathlib import Path

    from console.actions.wishing import Wish

SCHEMA = "fluxbatch.schema.json"


def target(file: Path, *, force: bool) -> Path:
    """Where a manifest goes that is to have this name; raises SettingError where one is that shall not be replaced."""
    file = file if file.suffix in (".yaml", ".yml") else file.with_name(f"{file.name}.yaml")
    if file.exists() and not force:
        raise SettingError(f"{file} exists already.", cure="Choose another name, or add --force to replace it.")
    return file


def begin(file: Path, wish: Wish, *, force: bool) -> tuple[Path, Path]:
    """Write the manifest and its schema; returns both files. An existing manifest is kept unless forced."""
    file = target(file, force=force)
    schema = file.with_name(SCHEMA)
    text = compose(file, SCHEMA, wish, checked(wish))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        schema.write_text(json.dumps(manifest_schema()) + "\n", encoding="utf-8")
    except OSError as error:
        raise SettingError(f"{file} cannot be written: {error.strerror}.", cure="Choose another folder.") from error
    return file, schema
