"""Recordings that disks lost, packings with a tail, and photos nobody names."""

import gzip
import io
from pathlib import Path

import pytest

from battery_registry.settings import Settings
from battery_registry.store.blobs import BlobStore
from tests.api.test_recordings import get, make_photo, put, sha256_of
from tests.played import Play


def test_what_the_disk_has_lost_is_taken_again(play: Play, settings: Settings) -> None:
    content = b"gone, and wanted again"
    sha256 = sha256_of(content)
    play.green(recording_sha256=sha256)
    assert put(play, content).status_code == 201
    kept = BlobStore(settings.blob_dir).path(sha256)
    kept.unlink()
    asked = put(play, b"", sha256=sha256, Content_Range=f"bytes */{len(content)}")
    assert (asked.status_code, asked.get_json()["received_bytes"]) == (202, 0)
    assert put(play, content).status_code == 201
    kept.write_bytes(content[:4])
    assert put(play, content).status_code == 201
    assert get(play, sha256).data == content
    assert put(play, content).status_code == 200


@pytest.mark.parametrize(
    "tail",
    [gzip.compress(b"second"), b"tail"],
    # a packed member holds the second it was made in
    ids=["another member", "no member"],
)
def test_what_stands_behind_a_packed_body_is_not_dropped(
    play: Play, tail: bytes
) -> None:
    content = b"first"
    play.green(recording_sha256=sha256_of(content))
    packed = gzip.compress(content) + tail
    told = put(play, packed, sha256=sha256_of(content), Content_Encoding="gzip")
    assert told.get_json()["code"] == "body_packing_damaged"


def test_a_packing_is_named_in_any_case(play: Play) -> None:
    content = b"first"
    play.green(recording_sha256=sha256_of(content))
    packed = gzip.compress(content)
    sent = put(play, packed, sha256=sha256_of(content), Content_Encoding="GZip")
    assert sent.status_code == 201


@pytest.mark.parametrize(
    "digest",
    [
        "../" * 8 + "etc/passwd",
        "%2e%2e%2f" * 8,
        "0" * 63 + "/",
        "0" * 65,
        "\u0660" * 64,
    ],
)
def test_no_path_hides_in_a_hash(play: Play, digest: str) -> None:
    for answer in (get(play, digest), put(play, b"x", sha256=digest)):
        assert answer.status_code in {404, 405, 422}


def test_a_key_that_has_ended_reads_and_brings_nothing(play: Play) -> None:
    content = b"before"
    play.green(recording_sha256=sha256_of(content))
    assert put(play, content).status_code == 201
    headers = {"Authorization": "Bearer br_live_00000000_x"}
    path = f"/api/v1/recordings/{sha256_of(content)}"
    assert play.client.get(path, headers=headers).status_code == 401
    assert play.client.put(path, data=content, headers=headers).status_code == 401


@pytest.mark.parametrize("content", [b"", b"not a folder"])
def test_a_store_that_is_no_folder_is_said_to_be_away(
    play: Play, settings: Settings, content: bytes
) -> None:
    folder = settings.blob_dir
    assert isinstance(folder, Path)
    folder.write_bytes(content)
    recording = b"nowhere to go"
    play.green(recording_sha256=sha256_of(recording))
    told = put(play, recording)
    assert (told.status_code, told.get_json()["code"]) == (503, "blob_not_stored")
    folder.unlink()
    assert put(play, recording).status_code == 201


def test_a_photo_with_a_film_behind_it_is_refused_and_gone(
    play: Play, settings: Settings
) -> None:
    photo = make_photo() + io.BytesIO(b"ftypmp4").read()
    play.green(photo_refs=[f"sha256:{sha256_of(photo)}"])
    told = put(play, photo)
    assert (told.status_code, told.get_json()["code"]) == (422, "photo_tells_more")
    assert settings.blob_dir is not None
    assert [path for path in settings.blob_dir.rglob("*") if path.is_file()] == []
