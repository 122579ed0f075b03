import json
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from battery_registry.domain import code, red_tag
from battery_registry.domain.jwk import public_jwk
from battery_registry.store.db import Database
from battery_registry.store.tables.batteries import label
from tests.builders import Registry
from tests.cli.conftest import Run


def addresses(pdf: Path) -> set[str]:
    """What a telephone reads from the sheets."""
    found: set[str] = set()
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            image = page.render(scale=3).to_pil()
            found.update(code.text for code in zxingcpp.read_barcodes(image))
    return found


def test_blank_labels_are_printed_and_known(
    run: Run, database: Database, registry: Registry, tmp_path: Path
) -> None:
    pdf = tmp_path / "labels.pdf"
    done = run("labels", "--blank", 22, "--organisation", "xicheng-checks", "-o", pdf)
    assert (done.exit_code, "22 labels" in done.stdout) == (0, True), done.output
    with database.reading() as session:
        kept = session.execute(select(label.c.code, label.c.organisation_id)).all()
    assert {row.organisation_id for row in kept} == {
        registry.organisations["xicheng-checks"]
    }
    read = {a.rpartition("/")[2].replace("-", "") for a in addresses(pdf)}
    assert read == {row.code for row in kept}
    assert len(read) == 22


def test_a_label_is_printed_again(run: Run, tmp_path: Path) -> None:
    first, again = tmp_path / "first.pdf", tmp_path / "again.pdf"
    run("labels", "--blank", 1, "-o", first)
    (address,) = addresses(first)
    done = run("labels", "--code", address, "--template", "a4-2x7", "-o", again)
    assert done.exit_code == 0
    assert addresses(again) == {address}
    assert address.startswith("http://registry.test/b/")


def test_a_caption_that_cannot_be_printed_makes_no_codes(
    run: Run, database: Database, tmp_path: Path
) -> None:
    pdf = tmp_path / "labels.pdf"
    done = run("labels", "--blank", 1, "--caption", "\U0001f50b", "-o", pdf)
    assert done.exit_code == 1
    with database.reading() as session:
        assert session.execute(select(label)).first() is None
    assert not pdf.exists()


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        ((), 2),
        (("--blank", 1, "--code", "x"), 2),
        (("--blank", 0), 1),
        (("--code", "0000-0000-0000-0001"), 1),
        (("--code", "0000-0000-0000-0000"), 1),
        (("--blank", 1, "--organisation", "nobody"), 1),
        (("--blank", 1, "--template", "red-tag-40x40"), 1),
    ],
)
def test_what_cannot_be_printed_is_refused(
    run: Run, tmp_path: Path, arguments: tuple[object, ...], exit_code: int
) -> None:
    done = run("labels", *arguments, "-o", tmp_path / "labels.pdf")
    assert done.exit_code == exit_code
    assert list(tmp_path.glob("*.pdf")) == []


def test_a_sheet_that_cannot_be_written_is_one_line(run: Run) -> None:
    done = run("labels", "--blank", 1, "-o", "/nowhere/at/all.pdf")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: /nowhere/at/all.pdf cannot be written")


def test_labels_that_point_at_this_machine_are_warned_of(
    run: Run, tmp_path: Path
) -> None:
    done = run(
        *("labels", "--blank", 1, "-o", tmp_path / "labels.pdf"),
        BATTERY_REGISTRY_BASE_URL="http://127.0.0.1:8000",
    )
    assert done.exit_code == 0
    assert "no telephone can reach" in done.stderr


def test_pages_are_written_as_pictures_too(run: Run, tmp_path: Path) -> None:
    done = run(
        "labels", "--blank", 25, "--template", "a4-3x8", "-o", tmp_path / "a.png"
    )
    assert done.exit_code == 0, done.output
    found = [
        each.text
        for name in ("a.png", "a-2.png")
        for each in zxingcpp.read_barcodes(Image.open(tmp_path / name))
    ]
    assert len(set(found)) == 25


def test_a_file_is_asked_for(run: Run) -> None:
    assert run("labels", "--blank", 1).exit_code == 2


def test_a_red_packs_tag_is_checked_without_the_registry(
    run: Run, tmp_path: Path
) -> None:
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [public_jwk(b"k" * 32)]}))
    made_for = code.mint(b"0123456789")
    tag = red_tag.address("https://b.example.cn", public_code=made_for, key=b"k" * 32)
    done = run("labels", "verify", tag, "--jwks", keys)
    assert done.exit_code == 0
    assert code.show(made_for) in done.stdout
    for text in (tag[:-1], tag.partition("#")[0], "nothing"):
        refused = run("labels", "verify", text, "--jwks", keys)
        assert refused.exit_code == 1
        assert refused.stderr.startswith("Error: not valid: ")
