"""What a photo may carry beside its pixels: nothing that is not needed to draw it."""

import io
import random
import struct
import zlib
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image

from battery_registry.services import photos
from battery_registry.services.photos import (
    NotAPhotoError,
    PhotoTellsMoreError,
    PhotoTooLargeError,
)
from instruments.station import photo as station_photo


def make_photo(form: str = "JPEG", mode: str = "RGB", **saved: Any) -> bytes:
    drawn = io.BytesIO()
    Image.effect_noise((64, 48), 90).convert(mode).save(drawn, form, **saved)
    return drawn.getvalue()


def make_film(form: str) -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green")]
    drawn = io.BytesIO()
    frames[0].save(drawn, form, save_all=True, append_images=frames[1:], duration=9)
    return drawn.getvalue()


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2) + data


def with_segment(marker: int, data: bytes) -> bytes:
    plain = make_photo()
    return plain[:2] + segment(marker, data) + plain[2:]


def with_chunk(name: bytes, data: bytes) -> bytes:
    plain = make_photo("PNG")
    body = name + data
    chunk = struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    return plain[:33] + chunk + plain[33:]


def riff(chunk: bytes) -> bytes:
    plain = make_photo("WEBP")
    whole = plain[8:] + chunk
    return b"RIFF" + len(whole).to_bytes(4, "little") + whole


@pytest.mark.parametrize(
    "photo",
    [
        make_photo(),
        make_photo(progressive=True),
        make_photo(mode="CMYK"),
        make_photo(mode="L"),
        make_photo(icc_profile=b"profile"),
        make_photo(dpi=(300, 300)),
        make_photo("PNG"),
        make_photo("PNG", "P"),
        make_photo("PNG", "1"),
        make_photo("PNG", dpi=(300, 300)),
        make_photo("WEBP"),
        make_photo("WEBP", lossless=True),
        make_photo("WEBP", "RGBA"),
    ],
)
def test_pixels_alone_are_taken(photo: bytes) -> None:
    assert photos.check(photo, field="sha256").startswith("image/")


@pytest.mark.parametrize(
    "photo",
    [
        make_photo() + b"ftypmp4 a film behind the picture",
        make_photo("PNG") + b"PK\x03\x04 an archive",
        make_photo("WEBP") + b"tail",
        riff(b"NOTE\x04\0\0\0here"),
        make_film("PNG"),
        make_film("WEBP"),
        make_photo(xmp=b"<x:xmpmeta/>"),
        make_photo("WEBP", xmp=b"<x:xmpmeta/>"),
        with_segment(0xEB, b"JP\0\0 who made it, and where"),
        with_segment(0xE1, b"unknown to all"),
        with_segment(0xE2, b"MPF\0 another picture"),
        with_segment(0xE0, b"JFXX\0\x10 a small picture"),
        with_segment(0xE0, b"JFIF\0\x01\x01\0\0\1\0\1\1\1abc"),
        with_segment(0xFE, b""),
        with_chunk(b"tIME", b"\x07\xea\x0b\x17\x11\x31\x00"),
        with_chunk(b"prVt", b"39.9 N 116.4 E"),
        with_chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0\0\0\0\0"),
    ],
)
def test_whatever_else_is_refused(photo: bytes) -> None:
    with pytest.raises(PhotoTellsMoreError):
        photos.check(photo, field="sha256")
    # Drawn anew, it says nothing more.
    assert photos.check(photos.clean(photo, field="photo"), field="sha256")


def test_what_a_station_has_cleaned_is_taken(tmp_path: Any) -> None:
    path = tmp_path / "printout.jpg"
    path.write_bytes(with_segment(0xE1, b"unknown") + b"film")
    cleaned = station_photo.read_photo(path)
    assert photos.check(cleaned, field="sha256") == "image/jpeg"


def test_more_pixels_than_any_camera_has_is_too_large() -> None:
    plain = make_photo("PNG", "1")
    head = struct.pack(">II", 60_000, 60_000) + plain[24:29]
    huge = (
        plain[:16] + head + struct.pack(">I", zlib.crc32(b"IHDR" + head)) + plain[33:]
    )
    with pytest.raises(PhotoTooLargeError):
        photos.check(huge, field="sha256")


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGB"])
def test_a_form_takes_every_mode_of_a_camera(mode: str) -> None:
    drawn = photos.clean(make_photo(mode=mode), field="photo")
    with Image.open(io.BytesIO(drawn)) as seen:
        assert (seen.mode, seen.size) == ("RGB", (64, 48))


def exif(turn: Any) -> bytes:
    told = Image.Exif()
    told[0x0112] = turn
    return told.tobytes()


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_is_turned_as_it_says(turn: int) -> None:
    drawn = photos.clean(make_photo(exif=exif(turn)), field="photo")
    with Image.open(io.BytesIO(drawn)) as seen:
        assert seen.size == ((64, 48) if turn < 5 else (48, 64))


@pytest.mark.parametrize("turn", [0, 9, 65535])
def test_an_unknown_turn_is_none(turn: int) -> None:
    assert photos.clean(make_photo(exif=exif(turn)), field="photo")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_broken_photos_are_drawn_or_refused(form: str) -> None:
    start = make_photo(form, exif=exif(6))
    dice = random.Random(4)  # noqa: S311 - test inputs need no secrecy
    for _ in range(400):
        data = bytearray(start)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        cut = dice.choice((len(data), dice.randrange(len(data))))
        for try_it in (photos.clean, photos.check):
            with suppress(NotAPhotoError, PhotoTooLargeError, PhotoTellsMoreError):
                try_it(bytes(data[:cut]), field="photo")
