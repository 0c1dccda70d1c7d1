"""One field of a request body: what it may hold, in what words that is said, and how a value is judged."""

from __future__ import annotations

import reprlib
from dataclasses import dataclass

from batches.models.kinds import NOUNS, SCHEMA_TYPES, Kind, is_a, read_as
from batches.models.spelling import did_you_mean

#: The word by which some fields leave the choice to the server.
AUTO = "auto"


@dataclass(frozen=True)
class ParameterProblem:
    """One thing to mend in the parameters of a job."""

    name: str  #: the parameter, as the manifest spells it
    message: str  #: one sentence that names the value and what is allowed
    hint: str = ""  #: what was probably meant, or nothing


@dataclass(frozen=True)
class Parameter:
    """One field of a request body, exactly as BFL specifies it."""

    name: str  #: as in the request body
    kind: Kind  #: what it holds
    sentence: str  #: what it does, for people
    required: bool = False  #: BFL refuses a request without it
    nullable: bool = False  #: null is allowed and leaves the choice to the server
    auto: bool = False  #: so does the word `auto`
    default: str | int | float | None = None  #: what BFL takes when it is absent, where it says so
    minimum: float | None = None  #: least value, itself allowed
    maximum: float | None = None  #: greatest value, itself allowed
    step: int | None = None  #: every value is a multiple of this
    choices: tuple[str | int, ...] = ()  #: the only values allowed, where BFL lists them
    min_length: int | None = None  #: fewest characters
    max_length: int | None = None  #: most characters
    same_size_as: str | None = None  #: the image field that this one is as large as
    urls: bool = True  #: BFL says that an image may be a URL, too

    def problem(self, value: object) -> ParameterProblem | None:
        """What is wrong with the value, if anything."""
        if self.allows(value):
            return None
        message = f"`{self.name}` is {_shown(value)}; it must be {self.rule()}."
        return ParameterProblem(self.name, message, self._hint(value))

    def read(self, text: str) -> object:
        """The value that a text stands for, or the text itself where it stands for none of this kind."""
        if self.auto and text.strip() == AUTO:
            return AUTO
        return read_as(self.kind, text)

    def allows(self, value: object) -> bool:
        """Whether BFL takes the value."""
        if value is None:
            return self.nullable
        if self.auto and value == AUTO:
            return True
        return is_a(self.kind, value) and self._admits(value)

    def rule(self) -> str:
        """What is allowed, in words that read after "it must be"."""
        if self.choices:
            named = [*map(str, self.choices), *([AUTO] if self.auto else [])]
            return f"one of {', '.join(named)}" if len(named) > 1 else named[0]
        words = [
            NOUNS[self.kind],
            _span("from", self.minimum, self.maximum),
            _span("of", self.min_length, self.max_length, "characters"),
            f"in steps of {self.step}" if self.step else "",
            f"or {AUTO}" if self.auto else "",
        ]
        return " ".join(filter(None, words))

    def json_schema(self) -> dict[str, object]:
        """The JSON Schema of this field, as BFL's specification has it."""
        forms: list[dict[str, object]] = [self._form()]
        if self.kind is Kind.IMAGES:
            forms.append({"type": "array", "items": {"type": "string"}})
        if self.auto:
            forms.append({"type": "string", "const": AUTO})
        if self.nullable:
            forms.append({"type": "null"})
        schema: dict[str, object] = {"anyOf": forms} if len(forms) > 1 else forms[0]
        default = {} if self.default is None else {"default": self.default}
        return {**schema, **default, "description": self.sentence}

    def _admits(self, value: object) -> bool:
        """Whether a value of the right kind is among the allowed ones."""
        if self.choices:
            return value in self.choices
        if isinstance(value, str):
            return _between(len(value), self.min_length, self.max_length)
        if isinstance(value, int | float):
            return _between(value, self.minimum, self.maximum) and not (self.step and value % self.step)
        return True

    def _hint(self, value: object) -> str:
        if self.kind is Kind.RATIO and isinstance(value, int):
            return 'YAML reads a bare ratio as a number: write it in quotes, as in "16:9"'
        if self.choices:
            return did_you_mean(str(value), map(str, self.choices))
        if self.max_length and isinstance(value, str):
            return f"it has {len(value)}"
        if is_a(self.kind, value) and isinstance(value, int | float):
            return f"the nearest allowed: {' and '.join(f'{near:g}' for near in self._nearest(value))}"
        return ""

    def _nearest(self, value: float) -> list[float]:
        """The allowed values on either side, or the end of the range that was missed."""
        below = value // self.step * self.step if self.step else value
        return sorted({self._clamp(near) for near in (below, below + (self.step or 0))})

    def _clamp(self, value: float) -> float:
        value = value if self.minimum is None else max(value, self.minimum)
        return value if self.maximum is None else min(value, self.maximum)

    def _form(self) -> dict[str, object]:
        """The schema of the value itself, without the ways to leave it to the server."""
        several = len(self.choices) > 1
        form = {
            "type": SCHEMA_TYPES.get(self.kind, "string"),
            "format": "uri" if self.kind is Kind.URL else None,
            "const": None if several or not self.choices else self.choices[0],
            "enum": list(self.choices) if several else None,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "multipleOf": self.step,
            "minLength": self.min_length,
            "maxLength": self.max_length,
        }
        return {key: value for key, value in form.items() if value is not None}


def _between(value: float, least: float | None, greatest: float | None) -> bool:
    return (least is None or value >= least) and (greatest is None or value <= greatest)


def _span(word: str, least: float | None, greatest: float | None, unit: str = "") -> str:
    """As in `from 256 to 1440`, `of 1 to 256 characters`, `of at least 64`, or nothing."""
    if least is None:
        return ""
    span = f"of at least {least:g}" if greatest is None else f"{word} {least:g} to {greatest:g}"
    return f"{span} {unit}".rstrip()


def _shown(value: object) -> str:
    """The value as a manifest writes it, cut short."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else reprlib.repr(value)
