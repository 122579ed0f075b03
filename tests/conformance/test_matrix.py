"""Outside vectors: how many come out as they say, and what the page tells of it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from battery_registry.cli.conformance import conformance
from battery_registry.conformance import matrix
from battery_registry.conformance.matrix import Deviation, Matrix, judge, write
from battery_registry.conformance.suite import Failure, Suite, VectorsMissingError

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"

# Suite: cases there are at least, and how many of them pass at least.
WANTED = {
    "gs1-epcis-2.0/examples": (47, 47),
    "gs1-epcis-2.0/told": (35, 35),
    "epcis-event-hash/hashes": (22, 22),
    "epcis-event-hash/prehashes": (21, 18),
    "gs1-digital-link/parse": (118, 110),
    "gs1-digital-link/generate": (22, 20),
    "gs1-digital-link/escape": (10, 10),
    "gs1-digital-link/unescape": (21, 16),
    "gs1-linkset/documents": (3, 3),
    "gs1-linkset/link-types": (8, 8),
    "gs1-linkset/resolver": (29, 23),
    "battery-pass/told/public": (12, 12),
    "battery-pass/told/legitimate_interest": (20, 20),
    "battery-pass/generalProductInformation/declared": (12, 12),
    "battery-pass/performanceAndDurability/declared": (36, 36),
    "battery-pass/circularity/declared": (7, 7),
    "battery-pass/labeling/declared": (4, 4),
    "wycheproof/ed25519": (151, 151),
    "wycheproof/jws": (401, 355),
    "jose-cookbook/jws": (11, 1),
    "jose-cookbook/one-byte-changes": (900, 900),
    "standard-webhooks": (12, 12),
    "merkle/inclusion": (98, 98),
    "merkle/consistency": (98, 98),
    "cn-health-assessment/boundaries": (5, 5),
    "cn-health-assessment/rules": (9, 9),
}


@pytest.fixture(scope="module")
def found(shared_data: Path) -> Matrix:
    return matrix.run(shared_data / "conformance")


def make_suite(*failed: str) -> Suite:
    failures = tuple(Failure(case=case, detail="refused") for case in failed)
    return Suite(id="x/y", title="X | Y", cases=5, failures=failures)


def get(found: Matrix, name: str) -> Suite:
    return next(suite for suite in found.suites if suite.id == name)


@pytest.mark.parametrize("name", WANTED)
def test_a_suite_comes_out_as_promised(found: Matrix, name: str) -> None:
    suite, (cases, passed) = get(found, name), WANTED[name]
    assert suite.cases >= cases
    assert suite.passed >= passed


def test_every_deviation_has_a_reason_and_every_reason_a_deviation(
    found: Matrix,
) -> None:
    assert found.unexplained == ()
    assert found.stale == ()
    assert all(len(each.reason) > 40 for each in found.deviations)


def test_no_invalid_signature_is_taken(found: Matrix) -> None:
    for name in ("wycheproof/jws", "wycheproof/ed25519", "jose-cookbook/jws"):
        details = {failure.detail for failure in get(found, name).failures}
        assert details <= {"refused"}, name


def test_the_page_is_what_the_command_writes(shared_data: Path, tmp_path: Path) -> None:
    page = tmp_path / "conformance.md"
    data = shared_data / "conformance"
    run = CliRunner().invoke(conformance, ["--data", str(data), "-o", str(page)])
    assert run.exit_code == 0, run.output
    assert page.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
    assert "gs1-digital-link/parse: 111 of 118" in run.output


def test_vectors_that_are_missing_end_the_run(tmp_path: Path) -> None:
    with pytest.raises(VectorsMissingError, match="no documents"):
        matrix.run(tmp_path)
    page = tmp_path / "conformance.md"
    run = CliRunner().invoke(conformance, ["--data", str(tmp_path), "-o", str(page)])
    assert run.exit_code == 1
    assert "no documents" in run.output
    assert not page.exists()


def test_a_failure_without_a_reason_is_news() -> None:
    known = Deviation(suite="x/y", reason="on purpose", cases=("a", "c"))
    found = judge([make_suite("a", "b")], [known])
    assert found.unexplained == ("x/y: b (refused)",)
    assert found.stale == ("x/y: c",)


def test_a_folder_that_nobody_runs_is_news() -> None:
    assert judge([], [], unknown=["new"]).unexplained == ("new: no suite",)


def test_the_table_counts_and_the_reasons_follow() -> None:
    known = Deviation(suite="x/y", reason="On purpose.", cases=("a`b", "c"))
    text = write(judge([make_suite("a`b", "c")], [known]))
    assert "| `x/y` | X | Y | 5 | 3 |" in text
    assert "**x/y** (2): On purpose.\n`a'b`, `c`." in text


def change(data: Path, name: str, old: str, new: str) -> None:
    """Put a changed file in the place of one of the vectors."""
    text = (data / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    folder = (data / name).parent
    files = list(folder.iterdir())
    real = folder.resolve()
    folder.unlink()
    folder.mkdir()
    for file in files:
        (folder / file.name).symlink_to(real / file.name)
    (data / name).unlink()
    (data / name).write_text(text.replace(old, new), encoding="utf-8")


def test_a_case_that_comes_out_anew_ends_the_command(
    shared_data: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for folder in (shared_data / "conformance").iterdir():
        (data / folder.name).symlink_to(folder)
    signature = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    change(data, "standard-webhooks/vectors.json", signature, signature[::-1])
    change(data, "gs1-digital-link/unescape.json", '"A%01B"', '"A%1B"')
    page = tmp_path / "conformance.md"
    run = CliRunner().invoke(conformance, ["--data", str(data), "-o", str(page)])
    assert run.exit_code == 1
    assert "without a reason: standard-webhooks: sign" in run.output
    assert "passes by now: gs1-digital-link/unescape: 11: A%01B" in run.output
    assert page.exists()
