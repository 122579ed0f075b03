"""``labels``: sheets of labels to print."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click

from battery_registry.cli import embedded, runtime
from battery_registry.cli.failure import FailedError
from battery_registry.context import Runtime
from battery_registry.domain import code as public_code
from battery_registry.domain.code import PublicCode
from battery_registry.services import enrolment, label_drawing, label_sheets
from battery_registry.services import labels as kept
from battery_registry.services.label_drawing import LabelText

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@click.command()
@click.option("--blank", type=int, help="Make so many new labels, to be claimed.")
@click.option("--code", "codes", multiple=True, help="Print this label again.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    required=True,
    help="The PDF to write.",
)
@click.option(
    "--template",
    "template_name",
    type=click.Choice(list(label_sheets.TEMPLATES)),
    default="a4-3x7",
    show_default=True,
    help="The sheet: columns x rows.",
)
@click.option("--organisation", help="Code of whose blank labels they are.")
@click.option("--caption", default="", help="One more line on every label.")
def labels(
    blank: int | None,
    codes: tuple[str, ...],
    output: Path,
    template_name: str,
    organisation: str | None,
    caption: str,
) -> None:
    """Write a PDF of labels: new blank ones, or those of given codes."""
    if (blank is None) is (not codes):
        raise click.UsageError("give either --blank N or --code CODE")
    with runtime.opened() as opened:
        sheet = _Sheet(opened, template_name=template_name, caption=caption)
        # A caption that cannot be printed is refused before codes are made.
        sheet.draw([PublicCode(public_code.ALPHABET[0] * public_code.LENGTH)])
        if blank is not None:
            wanted = _make_blank(opened, count=blank, organisation=organisation)
        else:
            with opened.database.reading() as session:
                wanted = kept.get_labels(session, codes=codes)
        _write(output, sheet.draw(wanted))
    click.echo(f"{len(wanted)} labels in {output}")


def _make_blank(
    opened: Runtime, *, count: int, organisation: str | None
) -> tuple[PublicCode, ...]:
    with opened.database.writing() as session:
        owner = (
            enrolment.get_organisation(session, code=organisation)
            if organisation
            else None
        )
        return kept.make_blank(
            session,
            count=count,
            organisation_id=owner.organisation_id if owner else None,
            now=opened.clock(),
        )


class _Sheet:
    """Draws labels that point at this registry."""

    def __init__(self, opened: Runtime, *, template_name: str, caption: str) -> None:
        self._base_url = opened.settings.base_url
        self._template = label_sheets.get_template(template_name)
        self._caption = caption
        self._made_at = opened.clock()
        if urlsplit(self._base_url).hostname in _LOOPBACK:
            click.echo(
                f"WARNING: these labels point at {self._base_url}, which no telephone"
                f" can reach; set {embedded.BASE_URL}",
                err=True,
            )

    def draw(self, codes: Sequence[PublicCode]) -> bytes:
        return label_drawing.label_sheet_pdf(
            [
                LabelText(
                    code=code,
                    url=public_code.url(self._base_url, code=code),
                    caption=self._caption,
                )
                for code in codes
            ],
            template=self._template,
            made_at=self._made_at,
        )


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise FailedError(f"{path} cannot be written: {error.strerror}") from error
