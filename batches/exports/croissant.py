"""`croissant.json`: what a dataset is, in the vocabulary that catalogues and loaders of datasets share. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batches.exports.columns import Column
    from batches.exports.hands import Hands

KEY = "croissant.json"

TYPES = {"text": "sc:Text", "whole": "sc:Integer", "amount": "sc:Float"}

MIMES = {
    "csv": "text/csv",
    "jsonl": "application/jsonlines",
    "json": "application/json",
    "parquet": "application/x-parquet",
    "tar": "application/x-tar",
}

TABLE = "table"
"""What the files with the columns are called in it."""

CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The words of Croissant 1.0, as its specification wants them repeated in each document."""


def croissant(
    hands: Hands,
    columns: Sequence[Column],
    distribution: Sequence[Mapping[str, object]],
    extract: Callable[[Column], Mapping[str, object]] = lambda column: {"column": column.name},
    more: Sequence[Mapping[str, object]] = (),
) -> bytes:
    """The document: files, one of which is called TABLE, and how each column, and what more there is, comes out."""
    kind = "fileObject" if distribution[-1]["@type"] == "cr:FileObject" else "fileSet"
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"records/{column.name}",
            "name": column.name,
            "description": column.about,
            "dataType": TYPES[column.kind],
            "source": {kind: {"@id": TABLE}, "extract": extract(column)},
        }
        for column in columns
    ]
    document = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": "-".join(hands.survey.names),
        "description": f"{hands.survey.total:,} pictures of {', '.join(hands.question.batches)}, made with FLUX.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "distribution": distribution,
        "recordSet": [{"@type": "cr:RecordSet", "@id": "records", "name": "records", "field": [*more, *fields]}],
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode(errors="backslashreplace")


def file_set(mime: str, *patterns: str, within: Sequence[str] = ()) -> Mapping[str, object]:
    """The tables that match these patterns, in a folder or within archives."""
    archives = {"containedIn": [{"@id": key} for key in within]} if within else {}
    return {
        "@type": "cr:FileSet", "@id": TABLE, "name": TABLE, **archives, "encodingFormat": mime,
        "includes": list(patterns),
    }  # fmt: skip


def file_object(mime: str, key: str, size: int, sha256: str, *, called: str | None = None) -> Mapping[str, object]:
    """One file, called by its key if by nothing else."""
    return {
        "@type": "cr:FileObject", "@id": called or key, "name": called or key, "contentUrl": key,
        "contentSize": f"{size} B", "encodingFormat": mime, "sha256": sha256,
    }  # fmt: skip
