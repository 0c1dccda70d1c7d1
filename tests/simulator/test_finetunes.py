"""The life of a finetuned model."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulator.conftest import Api

NOT_READY = (400, "Finetune not found or not ready")
NOT_FOUND = {"detail": "Finetune not found or access denied"}


def archive(**files: bytes) -> str:
    """A ZIP in base64; `cat_png` is `cat.png`."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in files.items():
            packed.writestr(name.replace("_", "."), content)
    return base64.b64encode(file.getvalue()).decode()


def test_a_finetune_is_made_used_listed_described_and_deleted(
    own: Callable[..., Api], training: dict[str, Any]
) -> None:
    api = own(speed=1500)
    ticket = api.ticket("finetune", **training)
    name = ticket["finetune_id"]
    assert name == ticket["id"]
    assert api.refusal("flux-pro-1.1-ultra-finetuned", finetune_id=name) == NOT_READY
    assert api.wait(ticket)["status"] == "Ready"
    assert api.make("flux-pro-1.1-ultra-finetuned", finetune_id=name)["status"] == "Ready"
    assert api.http.get("/v1/my_finetunes").json() == {"finetunes": [name]}
    details = api.http.get("/v1/finetune_details", params={"finetune_id": name}).json()["finetune_details"]
    assert (details["finetune_comment"], details["iterations"], details["number_of_images"]) == ("cats", 300, 1)
    deleted = api.http.post("/v1/delete_finetune", json={"finetune_id": name}).json()
    assert deleted["deleted_finetune_id"] == name
    assert api.refusal("flux-pro-1.1-ultra-finetuned", finetune_id=name) == NOT_READY
    assert api.http.get("/v1/my_finetunes").json() == {"finetunes": []}


def test_a_finetune_is_its_owners_alone(swift: Api, training: dict[str, Any]) -> None:
    name = swift.ticket("finetune", **training)["finetune_id"]
    stranger = swift.another()
    assert stranger.refusal("flux-pro-1.1-ultra-finetuned", finetune_id=name) == NOT_READY
    asked = stranger.http.get("/v1/finetune_details", params={"finetune_id": name})
    assert (asked.status_code, asked.json()) == (404, NOT_FOUND)
    assert stranger.http.post("/v1/delete_finetune", json={"finetune_id": name}).json() == NOT_FOUND


@pytest.mark.parametrize(("iterations", "cost"), [(100, 200), (150, 400), (500, 400), (501, 600)])
def test_a_finetune_costs_by_its_iterations(swift: Api, training: dict[str, Any], iterations: int, cost: int) -> None:
    assert swift.make("finetune", **training, iterations=iterations)["cost"] == cost


@pytest.mark.parametrize(
    "file_data",
    ["no base64!", "aGVsbG8=", archive(), archive(cat_png=b"no image"), archive(cat_txt=b"a cat")],
    ids=["no base64", "no zip", "empty", "no image in it", "captions only"],
)
def test_training_data_that_is_no_zip_of_images_is_refused(api: Api, training: dict[str, Any], file_data: str) -> None:
    assert api.submit("finetune", **training | {"file_data": file_data}).status_code == 400


def test_training_data_holds_twenty_images_at_most_and_nothing_else(
    api: Api, training: dict[str, Any], picture: Callable[..., str]
) -> None:
    image = base64.b64decode(picture(64, 64))
    many = archive(**{f"{number}_png": image for number in range(21)})
    assert api.refusal("finetune", **training | {"file_data": many}) == (400, "file_data must hold 1 to 20 images")
    odd = archive(cat_png=image, cat_exe=b"")
    assert api.submit("finetune", **training | {"file_data": odd}).status_code == 400


@pytest.mark.parametrize("name", ["org/lora", "my-lora", "/lora", "org/"])
def test_a_shared_lora_is_named_organization_slash_name(api: Api, name: str) -> None:
    status = api.submit("flux-2-klein-4b-finetuned", prompt="x", finetune_id=name).status_code
    assert status == (200 if name == "org/lora" else 400)


def test_use_of_open_models_can_be_reported(api: Api) -> None:
    usage = "/v1/licenses/models/{}/usage"
    done = api.http.post(usage.format("flux-1-dev"), json={"number_of_generations": 3})
    assert done.json() == {"message": "Usage recorded successfully"}
    assert api.http.post(usage.format("flux-1-dev"), json={"number_of_generations": 0}).status_code == 422
    assert api.http.post(usage.format("other"), json={}).status_code == 400
