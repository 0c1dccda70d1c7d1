"""Making, deleting and reporting finetuned models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulator.bodies.shared import Hooked


class FinetuneInputs(Hooked):
    """finetune, retired."""

    file_data: str
    finetune_comment: str
    trigger_word: str = "TOK"
    mode: Literal["general", "character", "style", "product"]
    iterations: Annotated[int, Field(ge=100, le=1000)] = 300
    learning_rate: Annotated[float, Field(ge=1e-6, le=0.005)] | None = None
    captioning: bool = True
    priority: Literal["speed", "quality", "high_res_only"] = "quality"
    finetune_type: Literal["lora", "full"] = "full"
    lora_rank: Literal[16, 32] = 32


class DeleteFinetuneInputs(BaseModel):
    """delete_finetune."""

    model_config = ConfigDict(strict=True)

    finetune_id: str


class Usage(BaseModel):
    """The report of a self-hosted model's use."""

    model_config = ConfigDict(strict=True)

    number_of_generations: Annotated[int, Field(gt=0)] = 1
