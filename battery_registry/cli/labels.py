"""``labels``: labels to print, and a red pack's tag to check."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click

from battery_registry.cli import embedded, key_set, runtime
from battery_registry.cli.failure import FailedError
from battery_registry.context import Runtime
from battery_registry.domain import RegistryError, red_tag
from battery_registry.domain import code as public_code
from battery_registry.domain.code import PublicCode
from battery_registry.services import enrolment, label_drawing, label_sheets
from battery_registry.services import labels as kept
from battery_registry.services.labels import Printer

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@click.group(invoke_without_command=True)
@click.option("--blank", type=int, help="Make so many new labels, to be claimed.")
@click.option("--code", "codes", multiple=True, help="Print this label again.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="The PDF to write; with .png, a picture of 300 dpi for each page.",
)
@click.option(
    "--template",
    "template_name",
    type=click.Choice(list(label_sheets.TEMPLATES)),
    default="a4-3x7",
    show_default=True,
    help="The page: columns x rows of a sheet, or one label's millimetres.",
)
@click.option("--organisation", help="Code of whose blank labels they are.")
@click.option("--caption", default="", help="One more line on every label.")
@click.pass_context
def labels(
    context: click.Context,
    blank: int | None,
    codes: tuple[str, ...],
    output: Path | None,
    template_name: str,
    organisation: str | None,
    caption: str,
) -> None:
    """Write labels: new blank ones, or those of given codes."""
    if context.invoked_subcommand is not None:
        return
    if (blank is None) is (not codes):
        raise click.UsageError("give either --blank N or --code CODE")
    if output is None:
        raise click.UsageError("give the file to write: -o FILE.pdf")
    with runtime.opened() as opened:
        sheet = _Sheet(opened, template_name=template_name, caption=caption)
        # A caption that cannot be printed is refused before codes are made.
        sheet.draw([PublicCode(public_code.ALPHABET[0] * public_code.LENGTH)])
        if blank is not None:
            kept.refuse_blank_tags(sheet.template)
            wanted = _make_blank(opened, count=blank, organisation=organisation)
        else:
            with opened.database.reading() as session:
                wanted = kept.get_printable(
                    session, codes=codes, template=sheet.template
                )
        sheet.write(wanted, output)
    click.echo(f"{len(wanted)} labels in {output}")


@labels.command()
@click.argument("text")
@click.option(
    "--jwks",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="/.well-known/jwks.json, as fetched.",
)
def verify(text: str, jwks: Path) -> None:
    """Check what the tag of a red pack says; nothing is asked over the network.

    It tells whether this registry made the tag, not what the pack is today.
    """
    try:
        found = red_tag.verify(text, jwks=key_set.read(jwks))
    except RegistryError as refusal:
        why = refusal.params.get("why", refusal.code)
        raise FailedError(f"not valid: {why}") from refusal
    click.echo(f"valid: the registry made this tag for {public_code.show(found)}")


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
        self.template = label_sheets.get_template(template_name)
        base_url = opened.settings.base_url
        self._printer = Printer(
            base_url=base_url,
            signing_key=opened.settings.signing_key,
            caption=caption,
        )
        self._made_at = opened.clock()
        if urlsplit(base_url).hostname in _LOOPBACK:
            click.echo(
                f"WARNING: these labels point at {base_url}, which no telephone"
                f" can reach; set {embedded.BASE_URL}",
                err=True,
            )

    def draw(self, codes: Sequence[PublicCode]) -> bytes:
        return label_drawing.label_sheet_pdf(
            kept.texts(codes, template=self.template, printer=self._printer),
            template=self.template,
            made_at=self._made_at,
        )

    def write(self, codes: Sequence[PublicCode], output: Path) -> None:
        if output.suffix.lower() != ".png":
            _write(output, self.draw(codes))
            return
        pages: Iterable[bytes] = label_drawing.label_sheet_pngs(
            kept.texts(codes, template=self.template, printer=self._printer),
            template=self.template,
        )
        for number, page in enumerate(pages, start=1):
            name = output if number == 1 else _numbered(output, number)
            _write(name, page)


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise FailedError(f"{path} cannot be written: {error.strerror}") from error
