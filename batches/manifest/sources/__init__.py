"""Files with a prompt in each row, read as a stream: no more of one is held than a row."""

from batches.manifest.sources.finding import Source, sources_of
from batches.manifest.sources.reading import is_text, records
from batches.manifest.sources.record import Record

__all__ = ["Record", "Source", "is_text", "records", "sources_of"]
