"""`python -m console` is `fluxbatch`."""

from __future__ import annotations

from console.cli.main import main

main()
