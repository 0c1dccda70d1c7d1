"""Writes docs/reference/commands.md: every verb, as the program itself tells of it.

PYTHONPATH=. python docs/commands.py
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from typer.core import TyperOption
from typer.main import get_command

from console.cli.main import app
from console.cli.verbs import VERBS, load, read_verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer._click.core import Parameter

PAGE = Path(__file__).parent / "reference" / "commands.md"

HEAD = """\
# Commands

Made by `docs/commands.py` from the program itself; `fluxbatch VERB --help` says the same.

Results go to stdout, and words beside them to stderr. With `--json` stdout has one JSON document. If the command
fails, that is `{"error": {"message", "cure", "code"}}`, with the `problems` of a manifest, each with its file, line and
column. Colours are for terminals, and not where `NO_COLOR` is set; in logs, and in a CI job (where `CI` is set),
progress is told in lines. [Exit codes](settings.md#exit-codes) are the same for all verbs.

Before the verb there may stand:

| | |
| --- | --- |
"""


def page() -> str:
    """All of it."""
    before = "".join(_rows(get_command(app).params))
    return "\n".join([HEAD + before, *(_verb(verb) for verb in VERBS)])


def _verb(verb: str) -> str:
    told = read_verb(verb)
    examples = "\n".join(told.examples)
    rows = "".join(_rows(load(verb).params))
    table = f"\n| | |\n| --- | --- |\n{rows}" if rows else ""
    return f"## {verb}\n\n{told.words}\n\n```sh\n{examples}\n```\n{table}"


def _rows(parameters: list[Parameter]) -> Iterator[str]:
    for one in parameters:
        if not getattr(one, "hidden", False):
            yield f"| `{_spelt(one)}` | {_told(one)} |\n"


def _spelt(one: Parameter) -> str:
    """`--by TIME`, `[BATCH]...`."""
    if not isinstance(one, TyperOption):
        name = one.metavar or str(one.name).upper()
        return (name if one.required else f"[{name}]") + ("..." if one.nargs == -1 else "")
    word = "" if one.is_flag else f" {one.metavar or str(one.name).strip('_').upper()}"
    return f"{', '.join([*one.opts, *one.secondary_opts])}{word}".replace("|", "\\|")


def _told(one: Parameter) -> str:
    """Its sentence; what it may be, where that is one of a few; and what it is without being said."""
    choices = [str(choice) for choice in one.type_descriptor.choices or ()]
    some = f" One of {', '.join(choices)}." if choices else ""
    usual = (
        f" Usually {one.default}."
        if getattr(one, "show_default", False) and not isinstance(one.default, bool | None)
        else ""
    )
    return f"{one.help}{some}{usual}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
