"""The image store's errors, by what the caller should do.

ImageStoreError      the store cannot be used: mend it; what was paid for is fetched again later
├── ImageStoreFull   no room left
└── ImageMissing     nothing is kept under this key
"""

from __future__ import annotations

from batches.errors import FluxbatchError


class ImageStoreError(FluxbatchError):
    """The image store cannot be read or written."""


class ImageMissing(ImageStoreError):
    """Nothing is kept under this key."""


class ImageStoreFull(ImageStoreError):
    """The disk under the image store is full."""
