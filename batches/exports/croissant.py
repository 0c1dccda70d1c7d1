"""`croissant.json`: what a dataset is, in the vocabulary that catalogues and loaders of datasets share. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from batches.exports.columns import Column
    from batches.exports.hands import Hands
    from batches.exports.page import Shard

KEY = "croissant.json"

TYPES = {"text": "sc:Text", "whole": "sc:Integer", "amount": "sc:Float"}

MIMES = {
    "csv": "text/csv",
    "jsonl": "application/jsonlines",
    "parquet": "application/x-parquet",
    "tar": "application/x-tar",
}

RECORDS, FILES = "records", "files"
"""What the records are called, and the files that they are made of, where these are several."""

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
    "equivalentProperty": "cr:equivalentProperty",
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
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The words of Croissant 1.0, as its specification wants them repeated in each document."""


def croissant(hands: Hands, distribution: Sequence[Mapping[str, object]], fields: Iterable[Field]) -> bytes:
    """The document: files, the last of which has what records are made of, and what these have."""
    document = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": "-".join(hands.survey.names),
        "description": f"{hands.survey.total:,} pictures of {', '.join(hands.question.batches)}, made with FLUX.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "distribution": distribution,
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": RECORDS,
                "name": RECORDS,
                "field": [one.as_json(distribution[-1]) for one in fields],
            }
        ],
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode(errors="backslashreplace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that each record has."""

    name: str
    about: str  #: what it is
    type: str  #: what kind of value
    source: Mapping[str, object]  #: how it comes out of the files

    def as_json(self, files: Mapping[str, object]) -> Mapping[str, object]:
        """As the document has it, out of these files."""
        kind = "fileObject" if files["@type"] == "cr:FileObject" else "fileSet"
        return {
            "@type": "cr:Field", "@id": f"{RECORDS}/{self.name}", "name": self.name, "description": self.about,
            "dataType": self.type, "source": {kind: {"@id": files["@id"]}, **self.source},
        }  # fmt: skip


def fields_of(columns: Sequence[Column]) -> Iterator[Field]:
    """Those of a table."""
    for column in columns:
        source = {"extract": {"column": column.name}}
        yield Field(name=column.name, about=column.about, type=TYPES[column.kind], source=source)


def image_field(source: Mapping[str, object]) -> Field:
    """The picture itself."""
    return Field(name="image", about="the picture", type="sc:ImageObject", source=source)


def file_set(mime: str, *patterns: str, within: Sequence[str] = ()) -> Mapping[str, object]:
    """The files that match these patterns, in the dataset's folder or within archives."""
    archives = {"containedIn": [{"@id": key} for key in within]} if within else {}
    return {
        "@type": "cr:FileSet", "@id": FILES, "name": FILES, **archives, "encodingFormat": mime,
        "includes": list(patterns),
    }  # fmt: skip


def file_object(mime: str, shard: Shard) -> Mapping[str, object]:
    """One file."""
    return {
        "@type": "cr:FileObject", "@id": shard.key, "name": shard.key, "contentUrl": shard.key,
        "contentSize": f"{shard.bytes} B", "encodingFormat": mime, "sha256": shard.sha256,
    }  # fmt: skip
