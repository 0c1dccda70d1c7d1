"""Under which key a picture is kept, and what lies beside it. Pure."""

from __future__ import annotations

JOBS_PER_FOLDER = 1000
"""People and file systems look at so many names with ease, and at a million with none."""

SIDECAR = ".json"


def key_of(batch_id: str, number: int, output_name: str) -> str:
    """Where the picture of a job lies: `fox/NAME`, from job 1,001 on `fox/0001/NAME`.

    It goes by the job's number alone, so it is the same at every try. A name that has a folder of its own keeps it.
    """
    thousand = (number - 1) // JOBS_PER_FOLDER
    folder = f"{thousand:04}/" if thousand and "/" not in output_name else ""
    return f"{batch_id}/{folder}{output_name}"


def sidecar_of(key: str) -> str:
    """Where the sidecar of this picture lies."""
    return f"{key}{SIDECAR}"


def batch_of(key: str) -> str:
    """The batch whose picture this is."""
    return key.partition("/")[0]
