"""A manifest that reads well: what a person asked for, with the defaults at hand and every place known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from batches.manifest.document import Node
    from batches.manifest.problem import Place
    from batches.manifest.sources import Source
    from batches.manifest.template import Template
    from batches.policy import Policy


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """One combination of what `models`, `matrix` and `zip` vary; every prompt is made once with each."""

    model: str | None  #: None where models do not vary
    params: Mapping[str, object]  #: to be laid over the manifest's; some may be forms, as in an item
    vars: Mapping[str, str]  #: all that it sets, to fill in
    places: Mapping[tuple[str, ...], Place]  #: where each is said: by `("params", "steps")`


@dataclass(frozen=True, slots=True)
class Pick:
    """Which of the prompts are made, and in which order."""

    sample: int | None  #: so many, drawn; None: all
    sample_seed: str  #: what they are drawn with
    shuffle_seed: str | None  #: what the order is drawn with; None: as they stand
    limit: int | None  #: so many, the first; None: all


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One entry of `prompts`: a prompt, or the sources of many. Defaults are filled in, but for `params`.

    A parameter that is to be filled in stands in `defaults` and `params` as a form of `batches.manifest.filling`.
    """

    sources: tuple[Source, ...]  #: files with a prompt in each row; empty for a prompt written here
    prompt: Template | None  #: what to draw, said by the entry itself
    default_prompt: Template | None  #: the manifest's, for rows that say nothing
    id: Template | None  #: the person's own name for it, once per manifest
    model: str | None  #: None where neither the entry nor the manifest names one
    defaults: Mapping[str, object]  #: the manifest's parameters
    params: Mapping[str, object]  #: the entry's own, to be laid over those and over the variant's
    labels: Mapping[str, str]  #: for cost reports, those with nothing to fill in
    label_templates: Mapping[str, Template]  #: those that differ from row to row
    seeds: Sequence[int]  #: one image each; empty: no seed was asked for
    repeat: int  #: images per seed, or in all where there are no seeds
    vars: Mapping[str, str]  #: to fill in
    node: Node = field(repr=False)  #: the entry as written


class Row(NamedTuple):
    """One prompt as it was asked for, defaults of its entry filled in. A million are made, so it is no dataclass."""

    item: Item  #: the entry of the manifest that it comes from
    variant: Variant  #: the combination that it is made with
    place: Place  #: where it stands
    prompt: str | None  #: what to draw; None for a model that needs no words
    id: str | None  #: the person's own name for it, once per manifest
    model: str | None  #: None where nobody names one
    seeds: Sequence[int]  #: one image each; empty: no seed was asked for
    labels: Mapping[str, str]  #: for cost reports
    params: Mapping[str, object]  #: those of its source and lists filled in, to be laid over the manifest's
    texts: Mapping[str, str]  #: those filled in or without types, to be read as whatever the model takes
    variables: Mapping[str, str]  #: what file names may use: its columns, and `vars`

    def says(self, key: str, name: str = "") -> bool:
        """Whether this differs from row to row: `says("params", "width")`."""
        match key:
            case "params":
                return name in self.params or name in self.texts
            case "id":
                return self.item.id is None
            case "model":
                return self.model not in {self.item.model, self.variant.model}
            case "seeds":
                return self.seeds != self.item.seeds
        return False


@dataclass(frozen=True, slots=True)
class Manifest:
    """One batch as a person asked for it; nothing is checked against the models yet, and no source is read."""

    path: Path  #: the file, as the person gave it
    is_confined: bool  #: whether every file it names has to lie in the folder of this one, or below
    sha256: str  #: of the file's bytes, in hex
    text: str = field(repr=False)  #: what the file says
    name: str  #: of the batch
    output_format: str | None  #: wanted of every model that offers a choice
    output_name: Template  #: of file names, without extension
    seed: str  #: what planned seeds are drawn with: `seed`, else the name
    items: tuple[Item, ...]  #: in the order of the file
    variants: tuple[Variant, ...]  #: one that sets nothing, where nothing varies
    pick: Pick  #: which prompts are made
    accounts: tuple[str, ...]  #: whose keys pay, or pools of them; empty: the one that is set up
    reuse: bool  #: whether finished results of earlier batches are taken where the very same was asked for
    policy: Policy  #: the rules of the batch
    root: Node = field(repr=False, compare=False)  #: the document as written

    def place(self, *steps: str | int) -> Place:
        """Where the manifest says this, or the nearest thing to it: `place("output", "name")`."""
        return self.root.nearest(*steps).place

    def place_for(self, row: Row, *steps: str) -> Place:
        """Where the row says this, else its variant, its entry or the defaults, else the row."""
        if row.says(*steps):
            return row.place
        if steps in row.variant.places:
            return row.variant.places[steps]
        node = row.item.node.find(*steps) or self.root.find(*steps)
        return node.place if node else row.place
