"""`fluxbatch`: finds the verb, and ends with one clear message and the right exit code."""

from __future__ import annotations

import gc
import importlib
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer
from typer._click.core import Command, Context  # typer has a click of its own and names it nowhere else
from typer._click.exceptions import ClickException
from typer.core import TyperCommand, TyperGroup

from batches.errors import FluxbatchError

if TYPE_CHECKING:
    from types import FrameType

VERBS = {
    "run": "Run a manifest to its end: plan, bill, worker, images, report.",
    "plan": "Say what a manifest comes to and what it will cost; nothing is ordered.",
    "submit": "Write a manifest into the ledger for workers to carry out.",
    "worker": "Carry out what is in the ledger, until told to leave.",
    "status": "Say how batches stand.",
    "watch": "Follow a batch that workers elsewhere carry on.",
    "jobs": "List the jobs of a batch.",
    "pause": "Begin no more jobs of a batch until it is resumed.",
    "resume": "Let a paused batch go on.",
    "cancel": "Take back the jobs of a batch that BFL does not work on yet.",
    "retry": "Have jobs tried again that ended without a picture.",
    "serve": "Serve the page on which batches are seen and steered.",
    "limits": "Say how many slots there are and who uses them, or change it while all is running.",
    "report": "The bill of a batch: images, megapixels, credits, and what is missing.",
    "export": "Make a dataset of the pictures of batches: a folder, tar shards, Parquet or a table.",
    "verify": "Read stored pictures again, and name what is missing or changed.",
    "prune": "Delete stored pictures by rule; the bill stays.",
    "rebuild": "Write a ledger from the sidecars of pictures.",
    "credits": "Say what each account has.",
    "reconcile": "Compare what BFL took from the balance with what was settled.",
    "correct": "Write down what attempts really cost, as an invoice says.",
    "models": "List the models, or show one with its parameters and price.",
    "init": "Write a first manifest to fill in.",
    "schema": "Print the JSON Schema of manifests, for editors.",
    "simulate": "Serve a stand-in for the BFL API on this machine.",
    "doctor": "Check what fluxbatch needs, each with its cure.",
}


OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own 700 are passed with every hundred rows, and a third of the time would go into looking for garbage."""

HELP = {"help_option_names": ["-h", "--help"]}


class Verbs(TyperGroup):
    """Loads a verb's module only when the verb is used, so that --help is quick."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002  # click's signature
        """All verbs, in the order of a day's work."""
        return list(VERBS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002  # as above
        """A verb's name and its one line, enough for --help."""
        return TyperCommand(cmd_name, help=VERBS[cmd_name]) if cmd_name in VERBS else None

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """The verb itself."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and _load(command.name or ""), rest


def _load(verb: str) -> Command:
    module = importlib.import_module(f"console.cli.{verb}")
    app = typer.Typer(add_completion=False)
    settings = getattr(module, "CONTEXT", HELP)
    app.command(verb, help=getattr(module, verb).__doc__, context_settings=settings)(getattr(module, verb))
    return typer.main.get_command(app)


app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings=HELP,
    pretty_exceptions_enable=False,
    help="Make 10,000 or 1,000,000 images with the FLUX API: nothing lost, nothing paid twice, an exact bill.",
)


@app.callback()
def _root() -> None:
    pass


def main() -> NoReturn:
    """Run the command line and end the process."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    for stop in (signal.SIGINT, signal.SIGTERM):  # a script's `&` ignores SIGINT for us, and a person still means it
        signal.signal(stop, _as_interrupt)
    try:
        code = app(standalone_mode=False)
    except typer.Exit as done:
        code = done.exit_code
    except ClickException as error:
        error.show()
        code = 2
    except FluxbatchError as error:
        from console.cli.output import complain
        from console.exit_codes import exit_code_for

        complain(error)
        code = int(exit_code_for(error))
    except (KeyboardInterrupt, typer.Abort):
        code = 130
    except BrokenPipeError:
        code = 0
        _silence_stdout()
    except Exception as error:  # noqa: BLE001  # the last door: a person gets a sentence, the file gets the trace
        code = 1
        _internal(error)
    sys.exit(code or 0)


def _as_interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _silence_stdout() -> None:
    """The reader of our output has gone; say nothing more."""
    sys.stdout = Path("/dev/null").open("w", encoding="utf-8")  # noqa: SIM115  # open until the process ends


def _internal(error: Exception) -> None:
    from workers.settings import Settings

    text = "".join(traceback.format_exception(error))
    try:
        file = Settings().home.absolute() / "crash.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        where = f"The details are in {file}."
    except (OSError, ValueError):
        where = text
    print(f"Error: fluxbatch made a mistake: {error!r}.\n{where}", file=sys.stderr)  # noqa: T201  # the last word
