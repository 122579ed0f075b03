from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

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
