"""What a column of a table of records can be, and how a vendor names it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from instruments.reading import ResistanceMethod
from instruments.recording import StepKind
from instruments.units import Quantity


class Role(StrEnum):
    """The part a column plays in a recording."""

    TIME = "time"
    STEP_TIME = "step_time"
    DATE = "date"
    VOLTAGE = "voltage"
    CURRENT = "current"
    CAPACITY = "capacity"
    CHARGE_CAPACITY = "charge_capacity"
    DISCHARGE_CAPACITY = "discharge_capacity"
    NET_CAPACITY = "net_capacity"
    TEMPERATURE = "temperature"
    CYCLE = "cycle"
    STEP = "step"
    STATE = "state"
    AC_RESISTANCE = "ac_resistance"
    DC_RESISTANCE = "dc_resistance"


QUANTITIES = {
    Role.TIME: Quantity.TIME,
    Role.STEP_TIME: Quantity.TIME,
    Role.VOLTAGE: Quantity.VOLTAGE,
    Role.CURRENT: Quantity.CURRENT,
    Role.CAPACITY: Quantity.CHARGE,
    Role.CHARGE_CAPACITY: Quantity.CHARGE,
    Role.DISCHARGE_CAPACITY: Quantity.CHARGE,
    Role.NET_CAPACITY: Quantity.CHARGE,
    Role.TEMPERATURE: Quantity.TEMPERATURE,
    Role.AC_RESISTANCE: Quantity.RESISTANCE,
    Role.DC_RESISTANCE: Quantity.RESISTANCE,
}


class Resets(StrEnum):
    """Where a vendor's capacity counter starts again at zero."""

    STEP = "step"
    ELSEWHERE = "elsewhere"


class Sign(StrEnum):
    """What a positive current is, when no state column says it."""

    CHARGE = "charge"
    DISCHARGE = "discharge"


@dataclass(frozen=True, kw_only=True, slots=True)
class Vendor:
    """One vendor's table of records.

    Args:
        name: The reader's name.
        title: What people call the format.
        columns: Names of each role's column, the best first; case, spaces and
            punctuation do not count.
        units: Units of the roles whose title carries none, by the vendor's
            documentation or by real files; no entry means: refuse.
        assumed: Roles whose unit above is only a habit: without a clock in the
            file to hold their numbers against, they are refused.
        units_first: These units count even where a title names another.
        all_needed: A file without one of the columns is refused.
        marks: Groups of names; a file of this vendor has one of each group.
        spelled: Pattern that one of the titles has as written, where the names
            alone are another vendor's too.
        preamble: Patterns of the lines above the table that only it writes.
        started: Patterns of the line that holds the start, as group 1.
        states: The vendor's own words that `kind_of` does not know.
        resets: Of the capacity column.
        sign: Of a positive current.
        dc_method: What its column of DC resistance holds.
        month_first: How it writes 03/04/2024 when nothing else decides.
    """

    name: str
    title: str
    columns: dict[Role, tuple[str, ...]]
    units: dict[Role, str]
    marks: tuple[tuple[str, ...], ...]
    spelled: str | None = None
    preamble: tuple[str, ...] = ()
    started: tuple[str, ...] = ()
    states: dict[str, StepKind]
    resets: Resets = Resets.ELSEWHERE
    sign: Sign = Sign.CHARGE
    dc_method: ResistanceMethod = ResistanceMethod.OTHER
    month_first: bool = True
    assumed: frozenset[Role] = frozenset()
    units_first: bool = False
    all_needed: bool = False


_REST = re.compile(
    r"rest|pause|idle|ocv|open.?circuit|wait|stand|静置|搁置|休眠|暂停|^[rp]$|^pau$",
    re.IGNORECASE,
)
_DISCHARGE = re.compile(
    r"d.?chg|dis|dchrg|rated$|^d[_ -]?rate|^d[_-]|放电|^d$|(^|[\s_])dc?h",
    re.IGNORECASE,
)
_CHARGE = re.compile(
    r"ch(ar)?g|chrg|ratec$|^c[_ -]?rate|^c[_-]|充电|^c$|(^|[\s_])cha",
    re.IGNORECASE,
)


def kind_of(word: str, known: dict[str, StepKind]) -> StepKind:
    """What a vendor's word for a step means; OTHER when nobody knows.

    Discharge is looked for before charge, since its words contain charge's.
    """
    word = word.strip()
    if word in known:
        return known[word]
    # 充放电 and the like name both directions
    if "充放" in word:
        return StepKind.OTHER
    for pattern, kind in (
        (_DISCHARGE, StepKind.DISCHARGE),
        (_CHARGE, StepKind.CHARGE),
        (_REST, StepKind.REST),
    ):
        if pattern.search(word):
            return kind
    return StepKind.OTHER
