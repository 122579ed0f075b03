"""Which readers there are: our own and plug-ins, all through one group of entry points.

Our own are listed here as well, since an installation's metadata may be older
than its code; a test holds the list and ``pyproject.toml`` together.
"""

import logging
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from instruments.readers.interface import Reader

GROUP = "ebike_instruments.readers"
BUILT_IN = {
    "neware_nda": "instruments.readers.neware_nda:NewareNda",
    "neware_report": "instruments.readers.neware_report:NewareReport",
    "neware_csv": "instruments.readers.tables.neware:NewareCsv",
    "workbook": "instruments.readers.workbook:Workbook",
    "land_csv": "instruments.readers.tables.land:LandCsv",
    "arbin_csv": "instruments.readers.tables.arbin:ArbinCsv",
    "arbin_res": "instruments.readers.arbin_res:ArbinRes",
    "maccor_text": "instruments.readers.tables.maccor:MaccorText",
    "biologic_text": "instruments.readers.tables.biologic:BiologicText",
    "basytec_text": "instruments.readers.tables.basytec:BasytecText",
    "novonix_csv": "instruments.readers.tables.novonix:NovonixCsv",
    "pec_csv": "instruments.readers.tables.pec:PecCsv",
    "bdf_csv": "instruments.readers.tables.bdf:BdfCsv",
    "generic_csv": "instruments.readers.tables.generic:GenericCsv",
    "zketech_log": "instruments.readers.zketech_log:ZketechLog",
    "not_records": "instruments.readers.refusals:NotRecords",
}
_FACE = ("name", "sniff", "read")
_LOG = logging.getLogger(__name__)


@cache
def all_readers() -> tuple[Reader, ...]:
    """Every reader that loads, our own first; loaded at the first call."""
    loaded = []
    for entry in (*_built_in(), *_plug_ins()):
        reader = _load(entry)
        if reader is not None:
            loaded.append(reader)
    return tuple(loaded)


def is_built_in(reader: Reader) -> bool:
    """Whether a reader is one of ours."""
    return reader.name in BUILT_IN


def _built_in() -> list[EntryPoint]:
    return [
        EntryPoint(name=name, value=value, group=GROUP)
        for name, value in BUILT_IN.items()
    ]


def _plug_ins() -> list[EntryPoint]:
    """Entries of other distributions; a name of ours cannot be taken over."""
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        if BUILT_IN.get(entry.name) == entry.value:
            continue
        if entry.name in BUILT_IN or entry.name in found:
            _LOG.warning(
                "The reader %r of %s is ignored: the name is taken.",
                *(entry.name, entry.value),
            )
            continue
        found[entry.name] = entry
    return list(found.values())


def _load(entry: EntryPoint) -> Reader | None:
    """An instance of the reader; None, and one warning, when it is broken."""
    try:
        reader: Reader = entry.load()()
        missing = [part for part in _FACE if not hasattr(reader, part)]
        if missing:
            raise TypeError(f"it has no {' and no '.join(missing)}")  # noqa: TRY301  (one way out for every fault of a plug-in)
        if reader.name != entry.name:
            raise TypeError(f"it calls itself {reader.name!r}")  # noqa: TRY301  (as above)
    except Exception as error:  # a plug-in may fail in every way there is
        _LOG.warning(
            "The reader %r (%s) does not load: %s: %s",
            *(entry.name, entry.value, type(error).__name__, error),
        )
        return None
    return reader
