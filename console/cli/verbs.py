"""The verbs: what each is for, and how its module is found. A module is loaded only when its verb is used."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import typer
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup, TyperOption

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from typer._click.core import Command, Context, Parameter  # typer has a click of its own and names it nowhere else

VERBS = {
    "run": "Run a manifest to its end: plan, bill, worker, images, report.",
    "plan": "Say what a manifest comes to and what it will cost; nothing is ordered.",
    "submit": "Write a manifest into the ledger for workers to carry out.",
    "worker": "Carry out what is in the ledger, until told to leave.",
    "status": "Say how batches stand.",
    "watch": "Follow batches that workers elsewhere carry on.",
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
    "init": "Write a manifest: by questions, by options, or from a table of prompts.",
    "schema": "Print the JSON Schema of manifests, for editors.",
    "simulate": "Serve a stand-in for the BFL API on this machine.",
    "doctor": "Check what fluxbatch needs, each with its cure.",
    "completion": "Print what makes a shell complete verbs, options and batches.",
}

HELP = {"help_option_names": ["-h", "--help"]}


class Told(NamedTuple):
    """What the docstring of a verb says."""

    words: str  #: what it does
    examples: Sequence[str]  #: command lines, as they are typed


class PlainFlags:
    """Typer would tell of every flag that it is a `<bool>`."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        """Those of the command."""
        found: list[Parameter] = super().get_params(ctx)  # type: ignore[misc]  # it stands before a command
        for one in found:
            if isinstance(one, TyperOption) and one.is_flag:
                one.metavar = ""
        return found


class Verb(PlainFlags, TyperCommand):
    """One of them."""


class Verbs(PlainFlags, TyperGroup):
    """Loads a verb's module only when the verb is used, so that --help is quick."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002  # click's signature
        """All verbs, in the order of a day's work."""
        return list(VERBS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002  # as above
        """A verb's name and its one line, enough for --help."""
        return Verb(cmd_name, help=VERBS[cmd_name]) if cmd_name in VERBS else None

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """The verb itself."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and load(command.name or ""), rest

    def invoke(self, ctx: Context) -> Any:  # noqa: ANN401  # click's signature
        """Run it. An interrupt that no verb has answered is told by `main`; typer would end the process in silence."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            raise typer.Abort from interrupt


def load(verb: str) -> Command:
    """The command of a verb, with its options and its help."""
    module = _module(verb)
    told = read_verb(verb)
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    settings = getattr(module, "CONTEXT", HELP)
    app.command(verb, cls=Verb, help=_styled(told.words), epilog=_epilog(told.examples), context_settings=settings)(
        getattr(module, verb)
    )
    return typer.main.get_command(app)


def read_verb(verb: str) -> Told:
    """Its words, and the examples that its docstring ends with: `Example: …` in backticks."""
    words, _, examples = inspect.cleandoc(getattr(_module(verb), verb).__doc__).partition("\n\nExample")
    return Told(words, re.findall(r"`([^`]+)`", examples))


def _module(verb: str) -> ModuleType:
    return importlib.import_module(f"console.cli.{verb}")


def _styled(words: str) -> str:
    """For a terminal: what stands in backticks is bold."""
    joined = re.sub(r"(?<!\n)\n(?!\n)", " ", words)
    return re.sub(r"`([^`]+)`", r"[bold]\1[/bold]", escape(joined))


def _epilog(examples: Sequence[str]) -> str:
    """Each on a line of its own, to be copied."""
    return "\n".join(["[dim]Examples:[/dim]", *(f"  {escape(example)}" for example in examples)])
