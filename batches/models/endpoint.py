"""One endpoint of BFL: what it takes, how it is limited, what comes back and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from batches.models.kinds import Kind
from batches.models.lanes import LANE_SLOTS, LaneClass, Lifecycle
from batches.models.parameters import Parameter, ParameterProblem
from batches.models.sizes import LEAST_PIXELS, LIKELY_PIXELS, MEGAPIXEL, MOST_PIXELS, asked, canvas, flux2
from batches.models.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batches.models.price import Price
    from batches.models.sizes import Params, SizeRule

#: The workers set these: how a result is announced is no part of what was asked.
MANAGED = frozenset({"webhook_url", "webhook_secret"})


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What one job will cost and bring, as far as it can be known beforehand.

    The three amounts differ only while a size is in doubt, as that of an image given by URL.
    """

    low: int | None  #: micro-credits it costs at least; None where the price is unknown
    micro_credits: int | None  #: what it will likely cost, and what is reserved for it; None as above
    high: int | None  #: micro-credits it costs at most; None as above
    output_pixels: int | None  #: None where the size is unknown
    input_pixels: int | None  #: of all input images; None where one of them is not measured


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One way to ask BFL for a result."""

    name: str  #: as manifests spell it
    summary: str  #: what it is for, in a sentence
    price: Price  #: what it charges
    size: SizeRule  #: how many pixels come back
    parameters: tuple[Parameter, ...]  #: all it takes
    lane: LaneClass = LaneClass.STANDARD  #: the limit it counts against
    lifecycle: Lifecycle = Lifecycle.CURRENT  #: whether it can still be used
    produces: Literal["image", "finetune"] = "image"  #: what comes back
    open: bool = True  #: BFL ignores unknown fields instead of refusing them

    @property
    def path(self) -> str:
        """Where a request is sent, below the host."""
        return f"/v1/{self.name}"

    @cached_property
    def defaults(self) -> Mapping[str, object]:
        """What BFL takes for the parameters that are absent."""
        return {one.name: one.default for one in self.parameters if one.default is not None}

    @property
    def takes_images(self) -> bool:
        """Whether it can be given an image."""
        return bool(self._image_fields)

    def takes(self, name: str) -> bool:
        """Whether a manifest may set this parameter."""
        return name in self._settable

    def check(self, params: Params) -> tuple[ParameterProblem, ...]:
        """All that is wrong with the parameters at once; empty when BFL will take them."""
        return (*self._missing(params), *self._wrong(params))

    def read(self, texts: Mapping[str, str]) -> dict[str, object]:
        """Parameters that were written as text, each as the kind of value it holds."""
        return {name: _read(self._settable.get(name), text) for name, text in texts.items()}

    def images(self, params: Params) -> tuple[object, ...]:
        """The input images given, in the order of the endpoint's fields."""
        given: list[object] = []
        for name in self._image_fields:
            value = params.get(name)
            given += value if isinstance(value, list) else [] if value is None else [value]
        return tuple(given)

    def output_pixels(self, params: Params, *, input_pixels: Sequence[int | None] = ()) -> int | None:
        """The pixels of the result, or None where they follow what is not known, as an unmeasured image."""
        filled, inputs = self._filled(params), self._inputs(params, input_pixels)
        least, most = (self.size(filled, _guessed(inputs, guess)) for guess in (LEAST_PIXELS, MOST_PIXELS))
        return least if least == most else None

    def asked_size(self, params: Params) -> tuple[int, int] | None:
        """Width and height of the result in pixels, where it follows what is asked for and both are."""
        return asked(self._filled(params)) if self.size in {canvas, flux2} else None

    def estimate(self, params: Params, *, input_pixels: Sequence[int | None] = ()) -> Estimate:
        """What a job with these parameters will cost.

        `input_pixels` measures its images, in their order; None, or the end of it, where one is not measured.
        """
        filled, inputs = self._filled(params), self._inputs(params, input_pixels)
        return Estimate(
            low=self._price(filled, inputs, LEAST_PIXELS),
            micro_credits=self._price(filled, inputs, LIKELY_PIXELS),
            high=self._price(filled, inputs, MOST_PIXELS),
            output_pixels=self.output_pixels(params, input_pixels=input_pixels),
            input_pixels=None if None in inputs else sum(_guessed(inputs, LIKELY_PIXELS)),
        )

    def example(self, inputs: int = 0) -> int | None:
        """Micro-credits for one megapixel, drawn from so many images of a megapixel, with nothing else asked for."""
        return self.price.micro_credits(self.defaults, MEGAPIXEL, (MEGAPIXEL,) * inputs)

    def json_schema(self) -> dict[str, object]:
        """The JSON Schema of a request body."""
        return {
            "type": "object",
            "properties": {one.name: one.json_schema() for one in self.parameters},
            "required": [one.name for one in self.parameters if one.required],
            "additionalProperties": self.open,
        }

    def as_json(self) -> dict[str, object]:
        """All of it, for machines."""
        return {
            "name": self.name,
            "path": self.path,
            "summary": self.summary,
            "produces": self.produces,
            "lifecycle": str(self.lifecycle),
            "lane": str(self.lane),
            "slots": LANE_SLOTS[self.lane],
            "price": self.price.as_json(),
            "images": list(self._image_fields),
            "parameters": self.json_schema(),
        }

    @cached_property
    def _settable(self) -> Mapping[str, Parameter]:
        return {one.name: one for one in self.parameters if one.name not in MANAGED}

    @cached_property
    def _image_fields(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.parameters if one.kind in {Kind.IMAGE, Kind.IMAGES})

    def _filled(self, params: Params) -> Params:
        """The parameters as BFL reads them."""
        return {**self.defaults, **params}

    def _inputs(self, params: Params, input_pixels: Sequence[int | None]) -> tuple[int | None, ...]:
        """The pixels of each image, None where it is not measured."""
        unmeasured = len(self.images(params)) - len(input_pixels)
        return (*input_pixels, *[None] * unmeasured)

    def _price(self, filled: Params, inputs: Sequence[int | None], guess: int) -> int | None:
        """What it costs if every size that is not known is this one."""
        measured = _guessed(inputs, guess)
        output = self.size(filled, measured)
        return self.price.micro_credits(filled, guess if output is None else output, measured)

    def _missing(self, params: Params) -> Iterator[ParameterProblem]:
        for one in self.parameters:
            if one.required and one.name not in params:
                yield ParameterProblem(one.name, f"`{one.name}` is missing; it must be {one.rule()}.")

    def _wrong(self, params: Params) -> Iterator[ParameterProblem]:
        for name, value in params.items():
            parameter = self._settable.get(name)
            problem = parameter.problem(value) if parameter else self._stranger(name)
            if problem:
                yield problem

    def _stranger(self, name: str) -> ParameterProblem:
        """A name that a manifest may not set here."""
        if name in MANAGED:
            return ParameterProblem(name, f"`{name}` is set by the workers.", "leave it out")
        message = f"`{name}` is not a parameter of {self.name}."
        return ParameterProblem(name, message, did_you_mean(name, self._settable))


def _guessed(inputs: Sequence[int | None], guess: int) -> tuple[int, ...]:
    """The same with every size known."""
    return tuple(guess if pixels is None else pixels for pixels in inputs)


def _read(parameter: Parameter | None, text: str) -> object:
    return parameter.read(text) if parameter else text
