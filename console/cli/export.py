"""`fluxbatch export`."""

from __future__ import annotations

import re
import time
from typing import Annotated, Literal

import typer

from batches.errors import SettingError
from batches.exports import KINDS, UNDIVIDED, Manner, Options, Outcome, Question, kind_of, sample_of, splits_of
from batches.exports.question import By, Paper
from batches.store.images import Flag
from batches.store.ledger import Ledger
from batches.store.ledger.states import State
from console.actions import exporting
from console.cli.export_progress import ExportProgress
from console.cli.options import AsJson
from console.cli.output import note, out, print_json, say, show_bytes
from console.exit_codes import ExitCode
from workers.settings import Settings

SIZE = re.compile(r"(\d+)\s*([kMGT]?)B?", re.IGNORECASE)
POWERS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}

Batches = Annotated[
    list[str],
    typer.Argument(metavar="BATCH", help="Ids, their beginnings, or names of manifests.", show_default=False),
]
As = Annotated[str, typer.Option("--format", metavar="FORMAT", help=f"One of {', '.join(KINDS)}.", show_default=False)]
To = Annotated[
    str, typer.Option(metavar="URL", help="A new or empty folder, or any address for images.", show_default=False)
]
States = Annotated[
    list[State] | None,
    typer.Option("--state", help="Jobs in this state, not only done ones; for tables; may be repeated."),
]
Models = Annotated[list[str] | None, typer.Option("--model", help="Only of this model; may be repeated.")]
Labels = Annotated[
    list[str] | None, typer.Option("--label", metavar="KEY=VALUE", help="Only with this label; may be repeated.")
]
Flags = Annotated[
    list[Flag] | None, typer.Option("--flag", metavar="FLAG", help="Only with this flag; may be repeated.")
]
Unflagged = Annotated[bool, typer.Option("--no-flagged", help="Only pictures without any flag.")]
Unique = Annotated[bool, typer.Option("--unique", help="Of pictures that look alike, only the first.")]
Sampled = Annotated[str | None, typer.Option(metavar="N|N%", help="So many, always the same ones.", show_default=False)]
Split = Annotated[
    str | None,
    typer.Option(metavar="NAME=PART,...", help="Divide them: train=0.8,val=0.1,test=0.1.", show_default=False),
]
SplitBy = Annotated[str, typer.Option(metavar="WORD", help="What stays in one split: prompt, row or label:KEY.")]
Captioned = Annotated[
    Literal["asked", "used"], typer.Option(help="The text of a picture: the prompt asked for, or the one used.")
]
ShardSize = Annotated[str, typer.Option(metavar="SIZE", help="A shard is closed once it has so many bytes: 500MB.")]
ShardCount = Annotated[int | None, typer.Option(min=1, help="Or so many pictures.", show_default=False)]
Metadata = Annotated[Literal["jsonl", "parquet"], typer.Option(help="The table of an imagefolder.")]
Images = Annotated[
    bool, typer.Option("--images/--no-images", help="Pictures in Parquet and beside a contact sheet, or none.")
]
Inside = Annotated[bool, typer.Option("--self-contained", help="A contact sheet as one file, thumbnails inside.")]
Papers = Annotated[Paper, typer.Option(help="Paper that pages are printed on.")]
Columns = Annotated[int | None, typer.Option(min=1, max=24, help="Pictures across a printed page.", show_default=False)]
SideBySide = Annotated[By | None, typer.Option(help="What stands side by side on a printed page.", show_default=False)]
Copy = Annotated[bool, typer.Option("--copy", help="Copy pictures, where an imagefolder could link them.")]
Skip = Annotated[bool, typer.Option("--skip-missing", help="Leave out pictures that are gone or have changed.")]
Anew = Annotated[bool, typer.Option("--again", help="Write it anew, if it is there already.")]


def export(
    batch: Batches,
    *,
    format_: As,
    to: To,
    state: States = None,
    model: Models = None,
    label: Labels = None,
    flag: Flags = None,
    no_flagged: Unflagged = False,
    unique: Unique = False,
    sample: Sampled = None,
    split: Split = None,
    split_by: SplitBy = "prompt",
    caption: Captioned = "asked",
    self_contained: Inside = False,
    paper: Papers = "a4",
    columns: Columns = None,
    by: SideBySide = None,
    shard_size: ShardSize = "1GB",
    shard_count: ShardCount = None,
    metadata: Metadata = "jsonl",
    images: Images = True,
    copy: Copy = False,
    skip_missing: Skip = False,
    again: Anew = False,
    as_json: AsJson = False,
) -> None:
    """Make a dataset of the pictures of batches. Cut off, the same command goes on where it was.

    Example: `fluxbatch export autumn --format imagefolder --to datasets/autumn --split train=0.9,test=0.1`

    Example: `fluxbatch export autumn winter --format webdataset --to datasets/seasons --label style=photo`

    Example: `fluxbatch export autumn --format sheet --to sheets/autumn`

    Example: `fluxbatch export autumn --format csv --state failed --state moderated --to tables/lost`
    """
    begun, settings = time.monotonic(), Settings.load()
    given = {
        "shard-size": shard_size != "1GB", "shard-count": shard_count is not None,
        "metadata": metadata != "jsonl", "no-images": not images, "copy": copy, "self-contained": self_contained,
        "paper": paper != "a4", "columns": columns is not None, "by": by is not None,
    }  # fmt: skip
    exporting.refuse_foreign_options(format_, given)
    options = Options(
        shard_bytes=_bytes(shard_size), shard_count=shard_count, metadata=metadata, images=images,
        self_contained=self_contained, paper=paper, columns=columns, by=by,
    )  # fmt: skip
    with Ledger(settings.where_ledger) as ledger:
        question = Question(
            batches=exporting.ids_of(ledger, batch),
            format=format_,
            states=exporting.states_of(format_, state or ()),
            models=tuple(sorted(set(model or ()))),
            labels=exporting.labels_of(label or ()),
            flags=exporting.flags_of(flag or (), unflagged=no_flagged),
            unflagged=no_flagged,
            unique=unique,
            sample=sample_of(sample) if sample else None,
            splits=splits_of(split) if split else UNDIVIDED,
            split_by=exporting.kinship_of(split_by),
            caption=caption,
            options=options,
        )
        manner = Manner(copies=copy, skips=skip_missing, again=again)
        with ExportProgress() as progress:
            made = exporting.carry_out(ledger, settings, question, to, manner=manner, told=progress.show)
    if as_json:
        print_json({"to": to, "new": made.is_new, "seconds": round(time.monotonic() - begun, 3), **made.page.as_json()})
    else:
        _tell(made, to)
    if made.page.skipped:
        raise typer.Exit(ExitCode.FINISHED_WITH_GAPS)


def _tell(made: Outcome, to: str) -> None:
    page = made.page
    if not made.is_new:
        note("This export was finished before; nothing is written. --again writes it anew.")
    what = "line" if kind_of(str(page.question["format"])).is_table else "picture"
    written = sum(shard.bytes for shard in page.shards)
    say(f"{to}: {page.items:,} {what}{'s' * (page.items != 1)}, {show_bytes(written)}.", out)
    if page.question["format"] == "sheet":
        note(f"Open {to.rstrip('/')}/index.html in a browser.")
    if len(splits := page.splits) > 1:
        say("Splits: " + ", ".join(f"{count:,} {split}" for split, count in splits.items()) + ".", out)
    for word, why in (("pruned", "were pruned"), ("alike", "look like an earlier one")):
        if count := page.selected[word]:
            note(f"{count:,} left out, because they {why}.")
    if page.skipped:
        note(f"{page.skipped:,} left out, because they are gone or have changed; `fluxbatch verify` names them.")


def _bytes(text: str) -> int:
    found = SIZE.fullmatch(text.strip())
    if not found or not int(found[1]):
        raise SettingError(f"--shard-size cannot be {text!r}.", cure="Say a number of bytes: 500MB, 2GB.")
    return int(found[1]) * POWERS[found[2].lower()]
