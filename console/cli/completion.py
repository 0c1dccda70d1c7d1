"""`fluxbatch completion`."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer
from typer._completion_shared import get_completion_script  # what typer's own --show-completion prints

PROGRAM = "fluxbatch"


class Shell(StrEnum):
    """Those that can complete our verbs."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


Chosen = Annotated[Shell, typer.Argument(metavar="SHELL", help="Which shell.", show_default=False)]


def completion(shell: Chosen) -> None:
    """Print what makes a shell complete verbs, options and the names of batches. Have your shell read it at its start.

    Examples: `eval "$(fluxbatch completion bash)"`, `fluxbatch completion zsh > ~/.zfunc/_fluxbatch`,
    `fluxbatch completion fish > ~/.config/fish/completions/fluxbatch.fish`
    """
    script = get_completion_script(prog_name=PROGRAM, complete_var=f"_{PROGRAM.upper()}_COMPLETE", shell=shell)
    sys.stdout.write(script + "\n")
