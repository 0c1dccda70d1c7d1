"""YAML text -> Node. Stricter than YAML where leniency costs people their evening.

Refused: a key twice, merge keys, tags, several documents, keys that are not plain text, and nesting or aliases beyond
any real manifest. The tree is built from the parser's events with a stack of its own, so that no input exhausts
Python's; an alias shares what it repeats, so that a bomb of aliases is counted and never expanded.
"""

from __future__ import annotations

import re
from typing import Protocol

import yaml
from yaml.events import AliasEvent, Event, NodeEvent, ScalarEvent

from batches.manifest.document import Node
from batches.manifest.files import place_in
from batches.manifest.problem import ManifestError, Place, Problem
from batches.manifest.scalars import resolve

#: Levels of nesting; a manifest needs about five.
DEEPEST = 50
#: What all aliases together may repeat, in values: enough for 100,000 prompts that share ten each.
REPEATED_VALUES = 1_000_000

UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: The parser in C, where PyYAML was built with it; else the same in Python, ten times slower.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: By what the parser says: what people most often meant.
HINTS = {
    "mapping values are not allowed": 'a text with ": " in it needs quotes around it',
    "cannot start any token": "put quotes around a text that begins with this character",
    "tab character": "indent with blanks, not with tabs",
    "did not find expected": "check indentation, brackets and quotes",
    "could not find expected ':'": "a line of a mapping is `key: value`",
    "unexpected end of stream": "close the quotes",
}


class _Mark(Protocol):
    """What both of PyYAML's parsers say about a place: both count from 0."""

    line: int
    column: int


def compose(text: str, file: str) -> Node:
    """The one document of this text; raises ManifestError with the one thing that is wrong with it."""
    if odd := UNPRINTABLE.search(text):
        message = f"control character U+{ord(odd[0]):04X}"
        raise _error(place_in(text[: odd.start()], file), message, "remove it")
    composer = _Composer(file)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, file) from None
    if composer.root is None:
        raise _error(Place(file), "the manifest is empty", "`fluxbatch init` writes one to begin with")
    return composer.root


class _Collection:
    """A list or mapping whose end has not come yet."""

    def __init__(self, event: NodeEvent, place: Place) -> None:
        self.is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.anchor = event.anchor
        self.place = place
        self.children: dict[str | int, Node] = {}
        self.keys: dict[str, Place] = {}
        self.key: str | None = None

    @property
    def wants_key(self) -> bool:
        return self.is_mapping and self.key is None

    def open_key(self, key: str, place: Place) -> None:
        if key in self.keys:
            message = f"the key `{key}` comes twice, first at {self.keys[key]}"
            raise _error(place, message, "keep one of them")
        self.key = key
        self.keys[key] = place

    def add(self, node: Node) -> None:
        self.children[len(self.children) if self.key is None else self.key] = node
        self.key = None

    def node(self) -> Node:
        nodes = self.children.values()
        mapping = {key: node.value for key, node in self.children.items()}
        return Node(
            value=mapping if self.is_mapping else list(mapping.values()),
            place=self.place,
            children=self.children,
            keys=self.keys,
            size=1 + sum(node.size for node in nodes),
            height=1 + max((node.height for node in nodes), default=0),
        )


class _Composer:
    """Takes the parser's events one by one; `root` is the document once they are all taken."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.stack: list[_Collection] = []
        self.anchors: dict[str, Node | None] = {}  # None while the anchored collection is still open
        self.repeated = 0

    def take(self, event: Event) -> None:
        if isinstance(event, NodeEvent):
            self._take_node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            collection = self.stack.pop()
            self._add(collection.node(), collection.anchor)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise _error(self._place(event), "a second document begins here", "one file holds one manifest")

    def _take_node(self, event: NodeEvent) -> None:
        if tag := getattr(event, "tag", None):
            message = f"the tag `{tag.replace('tag:yaml.org,2002:', '!!')}` is not read"
            raise _error(self._place(event), message, "remove it, or put quotes around a text")
        if self.stack and self.stack[-1].wants_key:
            self._take_key(event)
        elif isinstance(event, ScalarEvent):
            value = resolve(event.value) if event.implicit[0] else event.value
            self._add(Node(value, self._place(event), event.value), event.anchor)
        elif isinstance(event, AliasEvent):
            self._add(self._repeat(event), None)
        else:
            self._open(event)

    def _take_key(self, event: NodeEvent) -> None:
        if not isinstance(event, ScalarEvent):
            raise _error(self._place(event), "a key must be plain text", "put quotes around it")
        if event.value == "<<" and event.implicit[0]:
            hint = "write the values out, or put them into the defaults at the top"
            raise _error(self._place(event), "the merge key `<<` is not read", hint)
        self.stack[-1].open_key(event.value, self._place(event))

    def _open(self, event: NodeEvent) -> None:
        self._refuse_depth(event, 1)
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Collection(event, self._place(event)))

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if self.stack:
            self.stack[-1].add(node)
        else:
            self.root = node

    def _repeat(self, event: AliasEvent) -> Node:
        name = event.anchor
        if name not in self.anchors:
            hint = f"a text that begins with * needs quotes; else mark what it repeats with `&{name}`"
            raise _error(self._place(event), f"the alias `*{name}` repeats nothing that stands above", hint)
        node = self.anchors[name]
        if node is None:
            message = f"the alias `*{name}` stands inside what it repeats"
            raise _error(self._place(event), message, "write it out")
        self.repeated += node.size
        if self.repeated > REPEATED_VALUES:
            message = f"the aliases repeat more than {REPEATED_VALUES:,} values"
            raise _error(self._place(event), message, "put shared values into the defaults at the top")
        self._refuse_depth(event, node.height)
        return node

    def _refuse_depth(self, event: Event, more: int) -> None:
        if len(self.stack) + more > DEEPEST:
            message = f"nested more than {DEEPEST} levels deep"
            raise _error(self._place(event), message, "a manifest needs about five")

    def _place(self, event: Event) -> Place:
        return _at(event.start_mark, self.file)


def _error(place: Place, message: str, hint: str) -> ManifestError:
    return ManifestError([Problem(place, message, hint)])


def _syntax_error(error: yaml.MarkedYAMLError, file: str) -> ManifestError:
    message = f"this is not YAML: {error.problem}"
    hint = next((hint for words, hint in HINTS.items() if words in message), "")
    return _error(_at(error.problem_mark, file), message, hint)


def _at(mark: _Mark | None, file: str) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
