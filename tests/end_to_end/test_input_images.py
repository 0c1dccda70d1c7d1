"""Pictures of one's own: edited by a folder, and with a mask."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from tests.pictures import picture

if TYPE_CHECKING:
    from tests.end_to_end.people import Company, Person

MANIFEST = """
version: 1
name: album
output: {name: "{number}-{stem}"}
vars: {stem: erased}
prompts:
  - from: photos/*.jpg
    model: flux-2-klein-4b
    id: "{stem}"
    prompt: as a woodcut
    params: {input_image: "{file}"}
  - id: erased
    model: flux-tools/erase-v1
    params: {image: photos/1.jpg, mask: mask.png}
"""


def test_a_folder_is_edited_and_a_mask_erases_and_the_books_agree(person: Person, company: Company) -> None:
    """1.4 credits for each edit and 0.1 for its input, and 3 for the erasure."""
    for number in (1, 2, 3):
        picture(person.folder / f"photos/{number}.jpg", 256, 128, colour=80 * number)
    picture(person.folder / "mask.png", 256, 128)
    (person.folder / "album.yaml").write_text(MANIFEST)

    planned = person.does("plan", "album.yaml", "--json").json
    done = person.does("run", "album.yaml", "--yes", "--json")

    assert done.code == 0, done.err
    books = company.books()
    assert planned["cost"]["credits"] == done.json["cost"]["credits"] == books["billed_credits"] == 7.5
    assert books["accepted"] == 4
    jobs = person.does("jobs", done.json["batch"], "--json").json
    assert [(Path(job["image"]).name, job["width"], job["height"]) for job in jobs] == [
        ("0001-1.jpeg", 256, 128),
        ("0002-2.jpeg", 256, 128),
        ("0003-3.jpeg", 256, 128),
        ("0004-erased.png", 256, 128),
    ]
    facts = json.loads(Path(f"{jobs[3]['image']}.json").read_text())
    assert facts["job"]["params"]["mask"]["file"] == str(person.folder / "mask.png")
    bytes_as_text = b64encode((person.folder / "photos/1.jpg").read_bytes())[-60:]
    for file in person.folder.rglob("*"):
        assert not file.is_file() or bytes_as_text not in file.read_bytes(), file
