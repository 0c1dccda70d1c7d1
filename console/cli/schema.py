"""`fluxbatch schema`."""

from __future__ import annotations

from batches.planning import manifest_schema
from console.cli.options import AsJson
from console.cli.output import print_json


def schema(*, as_json: AsJson = False) -> None:  # noqa: ARG001  # every verb takes --json, and this one always prints it
    """Print the JSON Schema of manifests, for editors that complete and check YAML.

    Example: `fluxbatch schema > manifest.schema.json`
    """
    print_json(manifest_schema())
