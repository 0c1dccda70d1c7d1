"""Where a picture comes from is written into it, and not one pixel changes."""

from __future__ import annotations

import io
import json
import struct
import xml.etree.ElementTree as ET
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageSequence, PngImagePlugin

from batches.store.images import BadImage, Draft, Notes, embed, verify

FACTS = json.dumps({"format": "fluxbatch/1", "job": {"params": {"prompt": "a <fox> & ä"}}})
NOTES = Notes(description="a <fox> & ä \0 \ud800", software="fluxbatch", facts=FACTS)
READABLE = "a <fox> & ä    "
MODES = {"jpeg": ["L", "RGB", "CMYK"], "png": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"], "webp": ["RGB", "RGBA"]}
KINDS = [(form, mode) for form, modes in MODES.items() for mode in modes]
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP_OF_ITS_OWN = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:k="urn:k#"><k:kept>yes</k:kept></rdf:Description></rdf:RDF></x:xmpmeta>'
)
PROVENANCE = "{urn:fluxbatch:1#}provenance"


def drawn(form: str, mode: str, **options: object) -> bytes:
    """A picture in which no two rows are alike."""
    image = Image.linear_gradient("L").resize((40, 24)).rotate(17)
    image = image.convert("L").convert(mode) if mode != "P" else image.convert("RGB").quantize(16)
    if mode in {"LA", "RGBA"}:
        image.putalpha(Image.radial_gradient("L").resize(image.size))
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def draft_of(data: bytes) -> Draft:
    draft = Draft(io.BytesIO())
    draft.write(data)
    return draft


def noted(data: bytes, form: str, notes: Notes = NOTES) -> bytes | None:
    """The picture with notes; None where it stays as it is."""
    draft, into = draft_of(data), Draft(io.BytesIO())
    if not embed(draft, verify(draft, form), notes, into):
        assert not into.size
        return None
    written = into.file.getvalue()  # type: ignore[attr-defined]  # it is in memory
    assert len(written) == into.size
    return written


def look(data: bytes) -> list[tuple[str, bytes]]:
    """Every pixel of every frame."""
    with Image.open(io.BytesIO(data)) as image:
        return [(frame.mode, frame.tobytes()) for frame in ImageSequence.Iterator(image)]


def xmp_of(data: bytes) -> ET.Element:
    with Image.open(io.BytesIO(data)) as image:
        packet = image.info["xmp"].decode()
    return ET.fromstring(packet[packet.index("<x:xmpmeta") :].partition("<?xpacket end")[0])


def facts_in(data: bytes, form: str) -> object:
    if form == "png":
        with Image.open(io.BytesIO(data)) as image:
            return json.loads(image.text["fluxbatch"])  # type: ignore[attr-defined]  # of PNG
    found = xmp_of(data).find(f".//{PROVENANCE}")
    assert found is not None
    return json.loads(found.text or "")


@pytest.mark.parametrize(("form", "mode"), KINDS)
def test_every_pixel_stays_and_the_facts_are_read_back(form: str, mode: str) -> None:
    data = drawn(form, mode)
    written = noted(data, form)
    assert written is not None
    assert look(written) == look(data)
    assert facts_in(written, form) == json.loads(FACTS)
    assert verify(draft_of(written), form).bytes == len(written)


def test_a_png_says_it_in_texts() -> None:
    written = noted(drawn("png", "RGB"), "png")
    assert written is not None
    with Image.open(io.BytesIO(written)) as image:
        assert (image.text["Description"], image.text["Software"]) == (READABLE, "fluxbatch")  # type: ignore[attr-defined]  # of PNG


@pytest.mark.parametrize("form", ["jpeg", "webp"])
def test_jpeg_and_webp_say_it_in_exif_and_xmp(form: str) -> None:
    written = noted(drawn(form, "RGB"), form)
    assert written is not None
    with Image.open(io.BytesIO(written)) as image:
        exif = image.getexif()
    assert (exif[0x010E].encode("latin-1").decode(), exif[0x0131]) == (READABLE, "fluxbatch")
    description = xmp_of(written).find(".//{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li")
    assert description is not None
    assert description.text == READABLE


@pytest.mark.parametrize("form", ["jpeg", "png", "webp"])
def test_what_a_picture_says_of_itself_stays(form: str) -> None:
    own = Image.Exif()
    own[0x010E] = "mine"
    options: dict[str, object] = {"exif": own.tobytes(), "icc_profile": PROFILE}
    if form != "png":
        options["xmp"] = XMP_OF_ITS_OWN
    else:
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Author", "somebody")
    data = drawn(form, "RGB", **options)
    written = noted(data, form)
    assert written is not None
    assert look(written) == look(data)
    with Image.open(io.BytesIO(written)) as image:
        image.load()
        assert image.info["icc_profile"] == PROFILE
        assert image.getexif()[0x010E] == "mine"
        if form == "png":
            assert image.text["Author"] == "somebody"  # type: ignore[attr-defined]  # of PNG
        else:
            assert xmp_of(written).find(".//{urn:k#}kept") is not None
    assert facts_in(written, form) == json.loads(FACTS)


@pytest.mark.parametrize("form", ["png", "webp"])
def test_a_picture_that_moves_moves_on(form: str) -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "green", "blue")]
    file = io.BytesIO()
    frames[0].save(file, form, save_all=True, append_images=frames[1:], duration=40, lossless=True)
    written = noted(file.getvalue(), form)
    assert written is not None
    assert look(written) == look(file.getvalue())
    assert len(look(written)) == 3


def signed(form: str) -> bytes:
    """A picture with something in the place of content credentials."""
    data = drawn(form, "RGB")
    match form:
        case "png":
            body = b"caBX" + b"jumb"
            return data[:33] + struct.pack(">I", 4) + body + struct.pack(">I", zlib.crc32(body)) + data[33:]
        case "jpeg":
            return data[:2] + b"\xff\xeb" + struct.pack(">H", 12) + b"JP\0\1\0\0\0\1ju" + data[2:]
        case _:
            chunk = b"C2PA" + struct.pack("<I", 4) + b"jumb"
            return b"RIFF" + struct.pack("<I", len(data) - 8 + len(chunk)) + data[8:] + chunk


@pytest.mark.parametrize("form", ["jpeg", "png", "webp"])
def test_content_credentials_are_not_made_false(form: str) -> None:
    assert noted(signed(form), form) is None


def test_notes_that_no_segment_holds_are_left_out() -> None:
    long = Notes(description="a fox", software="fluxbatch", facts=json.dumps("x" * 70_000))
    assert noted(drawn("jpeg", "RGB"), "jpeg", long) is None
    assert noted(drawn("png", "RGB"), "png", long) is not None


PICTURES = {
    "jpeg": drawn("jpeg", "RGB", icc_profile=PROFILE, xmp=XMP_OF_ITS_OWN),
    "png": drawn("png", "RGB", icc_profile=PROFILE),
    "webp": drawn("webp", "RGB", icc_profile=PROFILE, xmp=XMP_OF_ITS_OWN),
}


@pytest.mark.parametrize("form", ["jpeg", "png", "webp"])
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_bytes_are_a_bad_image_or_keep_their_pixels(form: str, data: st.DataObject) -> None:
    damaged = bytearray(PICTURES[form])
    for place, byte in data.draw(st.dictionaries(st.integers(0, len(damaged) - 1), st.integers(0, 255))).items():
        damaged[place] = byte
    picture = bytes(damaged[: data.draw(st.integers(1, len(damaged)) | st.just(len(damaged)))])
    try:
        written = noted(picture, form)
    except BadImage:
        return
    if written is not None:
        assert look(written) == look(picture)
