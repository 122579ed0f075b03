"""The printout's photo that comes with the inspector's form."""

import hashlib
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from battery_registry.services import photos
from battery_registry.store.tables.blobs import blob, inspection_photo
from tests.builders import Registry
from tests.web.visits import Visitor

Part = tuple[io.BytesIO, str]


def make_photo(form: str = "JPEG", size: tuple[int, int] = (40, 20)) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "a telephone"
    exif[0x0112] = 6  # turned by a quarter
    drawn = io.BytesIO()
    Image.new("RGB", size, "green").save(drawn, form, exif=exif)
    return drawn.getvalue()


def sent(content: bytes, name: str = "printout.jpg") -> Part:
    return io.BytesIO(content), name


def test_a_photo_is_kept_without_place_and_time(
    inspector: Visitor, registry: Registry, client: FlaskClient
) -> None:
    answer = inspector.enter(photo=sent(make_photo()))
    assert answer.status_code == 303, answer.text
    with registry.runtime.database.reading() as session:
        (named,) = session.scalars(select(inspection_photo.c.sha256))
        (kept,) = session.execute(select(blob)).all()
    assert (kept.sha256, kept.kind, kept.media_type) == (named, "photo", "image/jpeg")
    read = client.get(f"/api/v1/recordings/{named}", headers=registry.headers()).data
    assert hashlib.sha256(read).hexdigest() == named
    with Image.open(io.BytesIO(read)) as seen:
        assert (seen.format, seen.size, len(seen.getexif())) == ("JPEG", (20, 40), 0)


def test_the_same_form_sent_twice_is_one_inspection(inspector: Visitor) -> None:
    text = inspector.get("/inspect").text
    number = re.search(r'name="inspection_id" value="([^"]+)"', text)
    assert number is not None
    locations = {
        inspector.enter(inspection_id=number[1], photo=sent(make_photo())).location
        for _ in range(2)
    }
    assert len(locations) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no photo", "it must be a JPEG, PNG or WebP"),
        (make_photo()[:200], "it must be a JPEG, PNG or WebP"),
        (make_photo("PNG", (10_000, 6_000)), "too large"),
    ],
    ids=["text", "cut", "pixels"],
)
def test_what_is_no_photo_is_told_at_its_field(
    inspector: Visitor, registry: Registry, content: bytes, said: str
) -> None:
    answer = inspector.enter(photo=sent(content), maker="Kept")
    assert answer.status_code == 422
    assert said in answer.text
    assert 'id="photo-fault"' in answer.text
    assert 'value="Kept"' in answer.text
    with registry.runtime.database.reading() as session:
        assert session.execute(select(inspection_photo)).all() == []


def files(registry: Registry) -> list[str]:
    folder = registry.runtime.settings.blob_folder
    assert folder is not None
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_a_fault_elsewhere_keeps_no_photo(
    inspector: Visitor, registry: Registry
) -> None:
    assert inspector.enter(photo=sent(make_photo()), ocv_v="500").status_code == 422
    with registry.runtime.database.reading() as session:
        assert session.execute(select(blob)).all() == []
    assert files(registry) == []


def test_a_fault_lets_go_of_no_photo_that_another_inspection_names(
    inspector: Visitor, registry: Registry
) -> None:
    assert inspector.enter(photo=sent(make_photo())).status_code == 303
    assert len(files(registry)) == 1
    assert inspector.enter(photo=sent(make_photo()), ocv_v="500").status_code == 422
    assert len(files(registry)) == 1


def test_no_photo_is_no_fault(inspector: Visitor) -> None:
    assert inspector.enter(photo=sent(b"", "")).status_code == 303
    assert inspector.enter().status_code == 303


def test_without_a_place_the_form_asks_for_none(
    app: Flask, inspector: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "multipart/form-data" in inspector.get("/inspect").text
    options = type(app.extensions["battery_registry"].settings)
    monkeypatch.setattr(options, "blob_folder", None)
    assert "multipart/form-data" not in inspector.get("/inspect").text
    assert inspector.enter(photo=sent(make_photo())).status_code == 503


def test_a_photo_of_too_many_bytes_is_refused() -> None:
    with pytest.raises(photos.PhotoTooLargeError):
        photos.clean(b"x" * (photos.LARGEST_BYTES + 1), field="photo")


def test_a_see_through_photo_gets_a_white_ground() -> None:
    drawn = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(drawn, "PNG")
    with Image.open(io.BytesIO(photos.clean(drawn.getvalue(), field="photo"))) as seen:
        assert seen.getpixel((0, 0)) == (255, 255, 255)
