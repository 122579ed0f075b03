"""The shape of the code: sizes, names, silenced checks, purity, clocks.

Who may import whom is checked by import-linter (``make check``); here is what
it cannot see.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("battery_registry", "instruments", "benchmarks")
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
MIGRATIONS = ROOT / "battery_registry/migrations/versions"

BELOW_CONTEXT = ("services", "queries", "store", "channels", "domain", "scoring")
NAMES_WITHOUT_A_SUBJECT = {"utils", "util", "helpers", "helper", "common", "manager"}

SILENCED = re.compile(r"noqa|type:\s*ignore|pragma:")
SILENCED_WITH_CODE = re.compile(
    r"""\#\s*(?:
        noqa:\s*[A-Z]+[0-9]+(?:\s*,\s*[A-Z]+[0-9]+)*
      | type:\s*ignore\[[a-z, -]+\]
      | pragma:\s*no\ (?:cover|branch)
    )(?P<reason>.*)""",
    re.VERBOSE,
)


def source_files(*folders: str) -> list[Path]:
    """The Python files under these folders of the project, migrations left out."""
    found = (file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return sorted(file for file in found if MIGRATIONS not in file.parents)


def short(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def comments(file: Path) -> Iterator[tuple[int, str]]:
    """Every comment with its line number; strings that look like one are not."""
    text = io.StringIO(file.read_text(encoding="utf-8"))
    for token in tokenize.generate_tokens(text.readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From ``def`` to the end, without the docstring: words cost nothing."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    files = (ROOT / name for name in listed.split("\0") if name)
    return [file for file in files if file.is_file()]


def has_reason(lines: list[str], number: int, rest: str) -> bool:
    """Words behind the code, or a comment of its own on the line above."""
    if re.search(r"\w{3}", rest):
        return True
    above = lines[number - 2].strip() if number > 1 else ""
    return above.startswith("#") and not SILENCED.search(above)


def test_no_file_is_too_long() -> None:
    lengths = {
        short(file): len(file.read_text(encoding="utf-8").splitlines())
        for file in source_files(*PRODUCT)
    }
    assert len(lengths) > 10
    assert {k: v for k, v in lengths.items() if v > MAX_FILE_LINES} == {}


def test_no_function_is_too_long() -> None:
    too_long = {}
    seen = 0
    for file in source_files(*PRODUCT):
        for node in ast.walk(parse(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                seen += 1
                lines = lines_of_code(node)
                if lines > MAX_FUNCTION_LINES:
                    too_long[f"{short(file)}:{node.name}"] = lines
    assert seen > 10
    assert too_long == {}


def test_every_package_says_what_it_is_for() -> None:
    packages = [f for f in source_files(*PRODUCT) if f.name == "__init__.py"]
    assert len(packages) > 10
    silent = [short(f) for f in packages if not ast.get_docstring(parse(f))]
    assert silent == []


def test_every_folder_of_code_is_a_package() -> None:
    folders = {file.parent for file in source_files(*PRODUCT)}
    assert [short(f) for f in folders if not (f / "__init__.py").exists()] == []


def test_no_module_is_named_after_nothing() -> None:
    names = {
        short(file)
        for file in source_files(*PRODUCT, "tests")
        for part in file.relative_to(ROOT).with_suffix("").parts
        if part in NAMES_WITHOUT_A_SUBJECT
    }
    assert names == set()


def test_no_import_is_hidden_from_the_checks() -> None:
    """With real layers there is no cycle that only a type checker may see."""
    hidden = [
        f"{short(file)}:{node.lineno}"
        for file in source_files(*PRODUCT, "tests")
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr) == "TYPE_CHECKING"
    ]
    assert hidden == []


def test_a_silenced_check_names_its_code_and_a_reason() -> None:
    bad = []
    for file in source_files(*PRODUCT, "tests"):
        lines = file.read_text(encoding="utf-8").splitlines()
        for number, comment in comments(file):
            if not SILENCED.search(comment):
                continue
            match = SILENCED_WITH_CODE.search(comment)
            if match is None or not has_reason(lines, number, match["reason"]):
                bad.append(f"{short(file)}:{number} {comment}")
    assert bad == []


@pytest.mark.parametrize(
    ("comment", "passes"),
    [
        ("# noqa: S603 - fixed arguments, no shell", True),
        ("# type: ignore[arg-type]  # the stub is wrong", True),
        ("# pragma: no cover - Windows alone comes here", True),
        ("# noqa", False),
        ("# noqa: S603", False),
        ("# type: ignore  # the stub is wrong", False),
        ("# pragma: no cover", False),
    ],
)
def test_the_rule_on_silenced_checks_itself(comment: str, *, passes: bool) -> None:
    match = SILENCED_WITH_CODE.search(comment)
    assert (match is not None and has_reason([comment], 1, match["reason"])) is passes


def reads_a_clock(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    owner, name = ast.unparse(call.func.value), call.func.attr
    if owner == "time":
        return name in {"time", "time_ns"}
    of_a_date = owner.endswith(("datetime", "date", "func"))
    return of_a_date and name in {"now", "utcnow", "today"}


def clock_reads(file: Path) -> Iterator[str]:
    for node in ast.walk(parse(file)):
        if isinstance(node, ast.Call) and reads_a_clock(node):
            yield f"{short(file)}:{node.lineno} {ast.unparse(node)}"


def test_time_comes_in_as_an_argument_below_context() -> None:
    files = source_files(*(f"battery_registry/{layer}" for layer in BELOW_CONTEXT))
    assert [read for file in files for read in clock_reads(file)] == []


def test_use_cases_and_queries_leave_the_transaction_to_the_face() -> None:
    ended = [
        f"{short(file)}:{node.lineno}"
        for file in source_files(
            "battery_registry/services", "battery_registry/queries"
        )
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    ]
    assert ended == []


@pytest.mark.parametrize(
    "core", ["battery_registry.scoring", "battery_registry.domain"]
)
def test_the_core_loads_without_the_web_or_a_database(core: str) -> None:
    """Import contracts do not see what a package's own ``__init__`` pulls in."""
    program = (
        f"import sys, {core}\n"
        "print(*sorted({'flask', 'sqlalchemy', 'marshmallow', 'pandas', 'httpx'}"
        " & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert loaded == []


def machine_paths(text: str) -> list[str]:
    """Home folders, work trees and package indexes: they belong to one machine."""
    places = [
        "/" + r"work/(?:main|shared)\b",
        "/" + r"root/",
        "/" + r"home/[a-z]",
        "/" + r"Users/[A-Za-z]",
        r"\bpypi" + r"\.org",
        r"files\.python" + r"hosted",
        r"registry\.npm" + r"js",
        r"deb\.deb" + r"ian\.org",
    ]
    return re.findall("|".join(places), text)


def test_the_rule_on_machine_paths_itself() -> None:
    assert machine_paths("cd /" + "home/alice && ls /" + "work/main") != []
    assert machine_paths("see ../shared/data and https://registry.example/b/x") == []


def test_no_tracked_file_names_a_machine() -> None:
    found = {}
    for file in tracked_files():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture or a font
            continue
        if paths := machine_paths(text):
            found[short(file)] = sorted(set(paths))
    assert found == {}
