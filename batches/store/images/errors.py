"""The image store's errors, by what the caller should do.

ImageStoreError      the store cannot be used: mend it; what was paid for is fetched again later
├── ImageStoreAway   it does not answer just now: try again in a moment
├── ImageStoreFull   no room left
└── ImageMissing     nothing is kept under this key
"""

from __future__ import annotations

from batches.errors import FluxbatchError


class ImageStoreError(FluxbatchError):
    """The image store cannot be read or written."""


class ImageStoreAway(ImageStoreError):
    """The image store cannot be reached, or is not well, and may be back in a moment."""


class ImageMissing(ImageStoreError):
    """Nothing is kept under this key."""


class ImageStoreFull(ImageStoreError):
    """There is no room left in the image store."""
