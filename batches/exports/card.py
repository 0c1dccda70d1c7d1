"""`README.md`: the card of a dataset, which people read, and by which `datasets` finds its splits. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import yaml

from batches.exports.draws import ALL
from batches.money import show_credits, show_usd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batches.exports.columns import Column
    from batches.exports.hands import Hands
    from batches.exports.page import Shard

KEY = "README.md"

SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))
MOST = "10M<n<100M"


def card(hands: Hands, columns: Sequence[Column], shards: Sequence[Shard], files: Mapping[str, str]) -> bytes:
    """The card; `files` says by a pattern which belong to a split."""
    head = yaml.safe_dump(_head(hands, shards, files), sort_keys=False, allow_unicode=True)
    body = "\n".join(_body(hands, columns, shards))
    return f"---\n{head}---\n\n{body}\n".encode(errors="backslashreplace")


def files_below(shards: Sequence[Shard], pattern: str) -> Mapping[str, str]:
    """Where each split has a folder of its own."""
    return {shard.split: f"{shard.split}/{pattern}" for shard in shards}


def _head(hands: Hands, shards: Sequence[Shard], files: Mapping[str, str]) -> Mapping[str, object]:
    total = sum(shard.items for shard in shards)
    data_files = [{"split": split, "path": pattern} for split, pattern in files.items()]
    return {
        "pretty_name": ", ".join(hands.survey.names),
        "license": "other",
        "task_categories": ["text-to-image"],
        "size_categories": [next((word for bound, word in SIZES if total < bound), MOST)],
        "tags": ["synthetic", "flux"],
        "configs": [{"config_name": "default", "data_files": data_files}],
    }


def _body(hands: Hands, columns: Sequence[Column], shards: Sequence[Shard]) -> Iterator[str]:
    found, counts, total = hands.survey, _counts(hands, shards), sum(shard.items for shard in shards)
    settled, unknown = sum(shard.settled for shard in shards), sum(shard.unknown for shard in shards)
    lost = f"; {found.total - total:,} were lost and are left out" if total < found.total else ""
    yield f"# {', '.join(found.names)}\n"
    yield f"{total:,} pictures, made with models of Black Forest Labs{lost}.\n"
    yield "Say here what the pictures are for, and under which licence others may use them.\n"
    yield "## How they were made\n"
    yield f"- Batches: {', '.join(hands.question.batches)}"
    yield f"- Cost: {'at least ' if unknown else ''}{show_credits(settled)} ({show_usd(settled)})"
    yield from _table("model", "pictures", found.models)
    yield from ("", "## Splits")
    yield from _table("split", "pictures", counts)
    if len(counts) > 1:
        yield f"\nWhat has the same {hands.question.split_by} is in one split."
    yield "\n## Columns\n\n| column | what it is |\n| --- | --- |"
    yield from (f"| `{column.name}` | {column.about} |" for column in columns)


def _counts(hands: Hands, shards: Sequence[Shard]) -> Mapping[str, int]:
    """What is written of each split; in a table all splits are in one file."""
    written: Counter[str] = Counter()
    for shard in shards:
        written[shard.split] += shard.items
    return hands.survey.counts if ALL in written else written


def _table(title: str, counted: str, rows: Mapping[str, int]) -> Iterator[str]:
    yield f"\n| {title} | {counted} |\n| --- | ---: |"
    yield from (f"| {name} | {count:,} |" for name, count in rows.items())
