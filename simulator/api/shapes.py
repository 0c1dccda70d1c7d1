"""The answers, as the published specification names and types them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel


class StatusResponse(StrEnum):
    """Every status a poll can answer."""

    TASK_NOT_FOUND = "Task not found"
    PENDING = "Pending"
    REASONING = "Reasoning"
    GENERATING = "Generating"
    REQUEST_MODERATED = "Request Moderated"
    CONTENT_MODERATED = "Content Moderated"
    READY = "Ready"
    ERROR = "Error"


class AsyncResponse(BaseModel):
    """A ticket."""

    id: str
    polling_url: str
    cost: float | None = None
    input_mp: float | None = None
    output_mp: float | None = None


class AsyncWebhookResponse(BaseModel):
    """A ticket whose holder will be called back."""

    id: str
    status: str
    webhook_url: str
    cost: float | None = None
    input_mp: float | None = None
    output_mp: float | None = None


class ResultResponse(BaseModel):
    """The answer to a poll."""

    id: str
    status: StatusResponse
    result: Any | None = None
    progress: float | None = None
    details: dict[str, Any] | None = None
    preview: dict[str, Any] | None = None


class SettledCostResultResponse(ResultResponse):
    """The answer to a poll of a task that was billed."""

    cost: float


class CreditsResponse(BaseModel):
    """The balance."""

    credits: float


class MyFinetunesResponse(BaseModel):
    """The ids of the caller's finetuned models."""

    finetunes: list[Any]


class FinetuneDetailResponse(BaseModel):
    """What a finetuned model was made with."""

    finetune_details: dict[str, Any]


class DeleteFinetuneResponse(BaseModel):
    """The confirmation of a deletion."""

    status: str
    message: str
    deleted_finetune_id: str
    timestamp: str
