"""Files with a prompt in each row, read as a stream: no more of one is held than a row."""

from batches.manifest.sources.reading import Record, records

__all__ = ["Record", "records"]
