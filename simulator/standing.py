"""How a task stands, in the words of a poll. Pure but for the clock that is handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator import links
from simulator.money import number

if TYPE_CHECKING:
    from simulator.tasks import Task

MEDIA_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "bin": "application/octet-stream",
}


def standing(task: Task, *, now: float, origin: str) -> dict[str, Any]:
    """The body of a poll at this moment; a result's links start with `origin` and are signed anew."""
    status, fraction = task.progress(now)
    if not task.finished(now):
        return answer(task.id, status, progress=fraction)
    if status != "Ready":
        return answer(task.id, status, details=task.details)
    result = {
        name: origin + links.signed(path, MEDIA_TYPES[path.rpartition(".")[2]], now=now, seconds=task.link_seconds)
        for name, path in _paths(task).items()
    }
    facts = {
        "prompt": task.prompt,
        "seed": task.seed,
        "start_time": task.accepted_at,
        "end_time": task.finished_at,
        "duration": round(task.finished_at - task.accepted_at, 3),
    }
    return answer(task.id, status, result=result | facts) | {"cost": number(task.price)}


def answer(
    task_id: str,
    status: str,
    *,
    result: dict[str, Any] | None = None,
    progress: float | None = None,
    details: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The members that every poll has."""
    return {
        "id": task_id,
        "status": status,
        "result": result,
        "progress": progress,
        "details": details,
        "preview": None,
    }


def _paths(task: Task) -> dict[str, str]:
    """Where the task's results are delivered, by their name in a poll."""
    name = task.id.replace("-", "")
    if task.width == 0:
        return {}
    if task.format != "mp4":
        return {"sample": f"/results/{name[:2]}/{name}/{task.digest}/sample.{task.format}"}
    folder = f"/ephemeral/{name[:2]}/{name}/{task.digest}"
    video = {"sample": f"{folder}/result.mp4"}
    return video | {"draft_cache": f"{folder}/draft_cache.bin"} if task.draft else video
