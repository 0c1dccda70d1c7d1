"""YAML -> Manifest -> rows: what a person asked for. Nothing but files is read, and nothing is sent."""

from batches.manifest.manifest import Manifest, Row
from batches.manifest.problem import ManifestError, Place, Problem
from batches.manifest.reading import read_manifest
from batches.manifest.shape import manifest_schema

__all__ = ["Manifest", "ManifestError", "Place", "Problem", "Row", "manifest_schema", "read_manifest"]
