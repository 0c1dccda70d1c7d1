"""How a command fails: words for people on stderr, and with --json the one document on stdout."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

from typer._click.exceptions import ClickException, UsageError  # typer has a click of its own

from batches.errors import FluxbatchError
from batches.manifest import ManifestError
from console.cli.output import complain, errors, print_json, say
from console.exit_codes import ExitCode, exit_code_for

if TYPE_CHECKING:
    import typer

    from batches.manifest import Problem

INTERRUPTED = "Interrupted. The same command may be given again: nothing is lost, and nothing is paid twice."


def tell(error: ClickException | FluxbatchError | typer.Abort) -> ExitCode:
    """What a person can mend: says it, and returns the exit code."""
    match error:
        case FluxbatchError():
            complain(error)
            return _ended(error, exit_code_for(error))
        case ClickException():
            error.show()
            return _ended(_as_ours(error), ExitCode.BAD_INPUT)
        case _:
            stopped = FluxbatchError(str(error) or INTERRUPTED)
            say(f"\n{stopped.message}", errors)
            return _ended(stopped, ExitCode.INTERRUPTED)


def tell_mistake(error: Exception) -> ExitCode:
    """What nobody but us can mend: a sentence, and the trace in a file."""
    mistake = FluxbatchError(
        f"fluxbatch made a mistake: {error!r}.", cure=_kept("".join(traceback.format_exception(error)))
    )
    complain(mistake)
    return _ended(mistake, ExitCode.INTERNAL)


def _ended(error: FluxbatchError, code: ExitCode) -> ExitCode:
    """Whether JSON was asked for is read from the command line, because its options may be what is wrong."""
    if "--json" in sys.argv[1:]:
        print_json({"error": _document(error, code)})
    return code


def _document(error: FluxbatchError, code: ExitCode) -> dict[str, object]:
    told: dict[str, object] = {"message": error.message, "cure": error.cure, "code": int(code)}
    if isinstance(error, ManifestError):
        told["problems"] = [_problem(problem) for problem in error.problems]
    return told


def _problem(problem: Problem) -> dict[str, object]:
    place = {"file": problem.place.file, "line": problem.place.line or None, "column": problem.place.column or None}
    return {**place, "message": problem.message, "cure": problem.hint, "alike": problem.alike}


def _as_ours(error: ClickException) -> FluxbatchError:
    context = error.ctx if isinstance(error, UsageError) else None
    cure = f"`{context.command_path} --help` tells its options." if context else ""
    return FluxbatchError(error.format_message(), cure=cure)


def _kept(trace: str) -> str:
    """Where the trace is, or the trace itself where it cannot be written down."""
    from workers.settings import Settings

    try:
        file = Settings().home.absolute() / "crash.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(trace, encoding="utf-8")
    except (OSError, ValueError):
        return trace
    return f"The details are in {file}."
