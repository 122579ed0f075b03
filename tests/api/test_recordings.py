"""Raw recordings and photos come in after the readings, and only what they name."""

import gzip
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from battery_registry.settings import Settings
from battery_registry.store import blobs
from battery_registry.store.blobs import BlobStore
from tests.builders import NOW, make_body
from tests.played import Play


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def make_photo(form: str = "JPEG", **saved: Any) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(drawn, form, **saved)
    return drawn.getvalue()


def put(
    play: Play, content: bytes, *, key: str = "XC-01", sha256: str = "", **headers: str
) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return play.client.put(
        f"/api/v1/recordings/{sha256 or sha256_of(content)}",
        data=content,
        headers={**play.registry.headers(key), **named},
    )


def get(play: Play, sha256: str, key: str | None = "XC-01") -> TestResponse:
    return play.get(f"/api/v1/recordings/{sha256}", key)


def test_a_recording_comes_in_once_and_is_read_back(play: Play) -> None:
    content = b"frames " * 1000
    sha256 = sha256_of(content)
    assert put(play, content).get_json()["code"] == "recording_unknown"
    play.green(recording_sha256=sha256)
    packed = put(play, gzip.compress(content), sha256=sha256, Content_Encoding="gzip")
    assert (packed.status_code, packed.get_json()) == (
        201,
        {"sha256": sha256, "received_bytes": len(content), "is_complete": True},
    )
    assert put(play, content).status_code == 200
    for key in ("XC-01", "auditor", "admin"):
        read = get(play, sha256, key)
        assert (read.status_code, read.data) == (200, content)
        assert read.headers["Content-Disposition"].startswith("attachment")


def test_nobody_brings_or_reads_what_belongs_to_another_station(play: Play) -> None:
    content = b"of Haidian"
    sha256 = sha256_of(content)
    play.green(key="HD-01", recording_sha256=sha256)
    assert put(play, content).status_code == 404
    assert put(play, content, key="HD-01").status_code == 201
    assert get(play, sha256).status_code == 404
    assert get(play, sha256, "dealer").status_code == 403
    assert get(play, sha256, None).status_code == 401
    assert put(play, content, key="dealer").status_code == 403


def test_a_long_recording_comes_in_parts_and_goes_on_where_it_stopped(
    play: Play,
) -> None:
    content = bytes(range(256)) * 40
    sha256, total = sha256_of(content), len(content)
    play.green(recording_sha256=sha256)

    def part(first: int, last: int) -> TestResponse:
        range_ = f"bytes {first}-{last - 1}/{total}"
        return put(play, content[first:last], sha256=sha256, Content_Range=range_)

    assert part(0, 4000).get_json()["received_bytes"] == 4000
    gap = part(5000, 6000)
    assert (gap.status_code, gap.get_json()["received_bytes"]) == (409, 4000)
    assert gap.get_json()["errors"][0]["field"] == "Content-Range"
    asked = put(play, b"", sha256=sha256, Content_Range=f"bytes */{total}")
    assert (asked.status_code, asked.get_json()["received_bytes"]) == (202, 4000)
    assert part(4000, total).status_code == 201
    assert get(play, sha256).data == content


def test_other_bytes_than_the_hash_says_are_thrown_away(
    play: Play, settings: Settings
) -> None:
    content = b"the true ones"
    sha256 = sha256_of(content)
    play.green(recording_sha256=sha256)
    wrong = put(play, b"the false ones", sha256=sha256)
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "blob_hash")
    assert get(play, sha256).status_code == 404
    assert put(play, content).status_code == 201
    assert settings.blob_dir is not None
    assert list((settings.blob_dir / "parts").iterdir()) == []


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Content_Range": "bytes 0-3/4000000000"}, "recording_too_large"),
        ({"Content_Range": "bytes 0-1/4"}, "recording_range"),
        ({"Content_Range": "lines 1-2/3"}, "recording_range"),
        ({"Content_Encoding": "br"}, "body_packing_unknown"),
        ({"Content_Encoding": "gzip"}, "body_packing_damaged"),
    ],
)
def test_a_wrong_request_is_refused_by_name(
    play: Play, headers: dict[str, str], code: str
) -> None:
    sha256 = sha256_of(b"data")
    play.green(recording_sha256=sha256)
    told = put(play, b"data", **headers).get_json()
    assert (told["code"], told["errors"][0]["field"]) == (
        code,
        next(iter(headers)).replace("_", "-"),
    )


def test_packing_opens_no_further_than_its_limit(play: Play) -> None:
    bomb = gzip.compress(b"\0" * (33 * 1024 * 1024))
    sha256 = sha256_of(b"bomb")
    play.green(recording_sha256=sha256)
    told = put(play, bomb, sha256=sha256, Content_Encoding="gzip").get_json()
    assert told["code"] == "body_unpacked_too_large"
    cut = put(
        play, gzip.compress(b"x" * 99)[:-4], sha256=sha256, Content_Encoding="gzip"
    )
    assert cut.get_json()["code"] == "body_packing_damaged"


def test_what_is_no_hash_is_refused(play: Play) -> None:
    assert put(play, b"x", sha256="A" * 64).get_json()["code"] == "recording_hash_form"
    assert get(play, "zz").status_code == 422


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_pixels_alone_is_kept(play: Play, form: str) -> None:
    photo = make_photo(form)
    refs = [f"sha256:{sha256_of(photo)}", "shelf 7", f"sha256:{sha256_of(photo)}"]
    play.hand_in(make_body(photo_refs=refs))
    assert put(play, photo).status_code == 201
    assert get(play, sha256_of(photo)).data == photo


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "a telephone"
    return make_photo(exif=exif)


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (with_place(), "photo_tells_more"),
        (make_photo(comment=b"Mr Wang's flat"), "photo_tells_more"),
        (make_photo("GIF"), "photo_unreadable"),
        (make_photo()[:100], "photo_unreadable"),
        (b"<svg onload='x'>", "photo_unreadable"),
    ],
    ids=["exif", "comment", "gif", "cut", "svg"],
)
def test_what_is_no_plain_photo_is_refused(play: Play, photo: bytes, code: str) -> None:
    play.hand_in(make_body(photo_refs=[f"sha256:{sha256_of(photo)}"]))
    told = put(play, photo)
    assert (told.status_code, told.get_json()["code"]) == (422, code)
    assert get(play, sha256_of(photo)).status_code == 404


def test_a_file_that_has_gone_from_the_disk_is_not_found(
    play: Play, settings: Settings
) -> None:
    content = b"gone"
    play.green(recording_sha256=sha256_of(content))
    put(play, content)
    BlobStore(settings.blob_dir).path(sha256_of(content)).unlink()
    assert get(play, sha256_of(content)).status_code == 404


def test_the_store_refuses_without_a_folder_and_on_a_bad_disk(tmp_path: Path) -> None:
    with pytest.raises(blobs.BlobsNotSetUpError):
        BlobStore(None).put(b"x", now=NOW)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(blobs.BlobNotStoredError):
        BlobStore(tmp_path / "file").put(b"x", now=NOW)
