"""Where a bucket is: `s3://BUCKET/PREFIX`, and the same with `gs` and `az`."""

from __future__ import annotations

import re
from dataclasses import dataclass

SERVICES = ("s3", "gs", "az")

ADDRESS = re.compile(r"(?P<service>s3|gs|az)://(?P<bucket>[A-Za-z0-9][A-Za-z0-9._-]*)(?:/(?P<prefix>[^?#\x00-\x1f]*))?")
"""A prefix is meant as it is written: nothing is percent-decoded."""


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """A place in a bucket."""

    service: str  #: s3, gs or az
    bucket: str  #: its name; what Azure calls a container
    prefix: str  #: that every key begins with, without slashes at its ends; empty for the whole bucket

    @classmethod
    def read(cls, text: str) -> BucketAddress:
        """The address; ValueError says what is wrong with it."""
        found = ADDRESS.fullmatch(text)
        if found is None:
            raise ValueError("it is not of the form s3://BUCKET/PREFIX")
        names = (found["prefix"] or "").strip("/").split("/")
        if {".", ".."} & set(names) or "" in names[1:]:
            raise ValueError("its prefix has empty names, dots or double dots in it")
        return cls(found["service"], found["bucket"], "/".join(names))

    def __str__(self) -> str:
        """As a person writes it."""
        return f"{self.service}://{self.bucket}" + (f"/{self.prefix}" if self.prefix else "")
