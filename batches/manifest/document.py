"""A YAML document as plain values that remember where they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.manifest.problem import Place


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the document: a scalar, a list or a mapping."""

    value: object  #: plain: None, bool, int, float, str, or a list or dict of these
    place: Place  #: where it begins
    text: str = ""  #: a scalar as written: `007` where the value is 7
    children: Mapping[str | int, Node] = field(default_factory=dict)  #: by key, or by index from 0
    keys: Mapping[str, Place] = field(default_factory=dict)  #: where each key of a mapping stands
    size: int = 1  #: values in it, itself and what its aliases repeat included
    height: int = 1  #: levels of nesting, itself included

    def find(self, *steps: str | int) -> Node | None:
        """The node down these keys and indexes, None where the document has no such thing."""
        node: Node | None = self
        for step in steps:
            node = node.children.get(step) if node else None
        return node

    def nearest(self, *steps: str | int) -> Node:
        """As far down these steps as the document goes; a step it does not have is passed over."""
        node = self
        for step in steps:
            node = node.children.get(step, node)
        return node
