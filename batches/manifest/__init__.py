"""YAML -> Manifest -> rows: what a person asked for. Nothing but files is read, and nothing is sent."""

from batches.manifest.filling import layers
from batches.manifest.images import InputImage, InputImages
from batches.manifest.manifest import Item, Manifest, Row
from batches.manifest.problem import MOST_PROBLEMS, ManifestError, Place, Problem, Problems
from batches.manifest.reading import manifest_in, read_manifest
from batches.manifest.rows import rows_of
from batches.manifest.seals import Seals
from batches.manifest.seen import Seen
from batches.manifest.shape import shape_schema
from batches.manifest.template import Template

__all__ = [
    "MOST_PROBLEMS",
    "InputImage",
    "InputImages",
    "Item",
    "Manifest",
    "ManifestError",
    "Place",
    "Problem",
    "Problems",
    "Row",
    "Seals",
    "Seen",
    "Template",
    "layers",
    "manifest_in",
    "read_manifest",
    "rows_of",
    "shape_schema",
]
