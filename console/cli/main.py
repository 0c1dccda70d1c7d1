"""`fluxbatch`: finds the verb, and ends with one clear message and the right exit code."""

from __future__ import annotations

import gc
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from typer._click.exceptions import ClickException  # typer has a click of its own and names it nowhere else

from batches.errors import FluxbatchError
from console.cli.verbs import HELP, Verbs
from console.cli.voice import Voice

if TYPE_CHECKING:
    from types import FrameType

PROGRAM = "fluxbatch"

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own 700 are passed with every hundred rows, and a third of the time would go into looking for garbage."""

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say results and errors, and nothing beside them.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Have workers log every step.")]

app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings=HELP,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Make 10,000 or 1,000,000 images with the FLUX API: nothing lost, nothing paid twice, an exact bill.",
    epilog="[bold]fluxbatch VERB --help[/bold] has examples; [bold]fluxbatch init[/bold] is where to begin.",
)


@app.callback()
def _root(context: typer.Context, *, quiet: Quiet = False, verbose: Verbose = False) -> None:
    if quiet and verbose:
        raise typer.BadParameter("--quiet and --verbose: leave one out.")
    context.obj = Voice.QUIET if quiet else Voice.VERBOSE if verbose else Voice.USUAL
    if quiet:
        from console.cli.output import hush

        hush()


def main() -> NoReturn:
    """Run the command line and end the process."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    for stop in (signal.SIGINT, signal.SIGTERM):  # a script's `&` ignores SIGINT for us, and a person still means it
        signal.signal(stop, _as_interrupt)
    if f"_{PROGRAM.upper()}_COMPLETE" in os.environ:
        from typer._completion_classes import completion_init  # it knows the shells, and only its own option calls it

        completion_init()
    sys.exit(_carried_out())


def _carried_out() -> int:
    """Returns the exit code."""
    try:
        return int(app(standalone_mode=False, prog_name=PROGRAM) or 0)
    except BrokenPipeError:
        _silence_stdout()
        return 0
    except (ClickException, FluxbatchError, typer.Abort) as error:
        from console.cli.failing import tell

        return tell(error)
    except Exception as error:  # noqa: BLE001  # the last door: a person gets a sentence, the file gets the trace
        from console.cli.failing import tell_mistake

        return tell_mistake(error)


def _as_interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _silence_stdout() -> None:
    """The reader of our output has gone; say nothing more."""
    sys.stdout = Path("/dev/null").open("w", encoding="utf-8")  # noqa: SIM115  # open until the process ends
