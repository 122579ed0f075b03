"""Values out of a message by tables: name, place, width, scale, sign.

A family's message is a table of `Field` rows. Messages of different kinds are
kept as pages by their number; a row names its page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

from instruments.codecs.bms.claim import Place, Temperature
from instruments.codecs.frame import FrameError

Order = Literal["big", "little"]


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a message.

    Args:
        name: Field of `BmsClaim`.
        at: First byte.
        size: Bytes.
        page: Which message.
        per: The value is the number divided by this; 1 keeps an integer.
        minus: Taken off the number before that.
        signed: Two's complement.
        mask: Bits that count.
        flag: Makes the value true or false: any of these bits.
        make: What the number means, where no row can say it.
    """

    name: str
    at: int
    size: int = 2
    _: KW_ONLY
    page: int = 0
    per: float = 1
    minus: float = 0
    signed: bool = False
    mask: int | None = None
    flag: int | None = None
    make: Callable[[int], Any] | None = None

    def value(self, raw: int) -> Any:
        """What the number means."""
        if self.make is not None:
            return self.make(raw)
        if self.flag is not None:
            return bool(raw & self.flag)
        if self.mask is not None:
            raw &= self.mask
        number = raw - self.minus
        return number if self.per == 1 else number / self.per


def whole(
    data: bytes, at: int, size: int, *, order: Order = "big", signed: bool = False
) -> int:
    """An integer of a message.

    Raises:
        FrameError: The message ends before it does.
    """
    if at < 0 or at + size > len(data):
        raise FrameError(f"the message ends before byte {at + size}")
    return int.from_bytes(data[at : at + size], order, signed=signed)


def read(
    pages: Mapping[int, bytes] | bytes,
    table: Iterable[Field],
    *,
    order: Order = "big",
    start: int = 0,
) -> dict[str, Any]:
    """The values of a table.

    Args:
        pages: Messages by their number, or the only one.
        table: The rows.
        order: Of the bytes of a number.
        start: Added to every place.

    Raises:
        FrameError: A page is missing or too short.
    """
    found = {}
    for row in table:
        data = pages if isinstance(pages, bytes) else page(pages, row.page)
        raw = whole(data, start + row.at, row.size, order=order, signed=row.signed)
        found[row.name] = row.value(raw)
    return found


def page(pages: Mapping[int, bytes], number: int) -> bytes:
    """One message.

    Raises:
        FrameError: It did not come.
    """
    if number not in pages:
        raise FrameError(f"message {number:#04x} is missing")
    return pages[number]


def cells(
    data: bytes,
    at: int,
    count: int,
    *,
    per: float = 1000,
    step: int = 2,
    order: Order = "big",
) -> tuple[float, ...]:
    """The voltages of `count` cells, 2 bytes each, `step` bytes apart.

    Raises:
        FrameError: The message ends before they do.
    """
    places = range(at, at + count * step, step)
    return tuple(whole(data, place, 2, order=order) / per for place in places)


def used(volts: tuple[float, ...]) -> tuple[float, ...]:
    """Cells of a message with a fixed number of slots: the empty end taken off."""
    last = max((n for n, value in enumerate(volts, start=1) if value), default=0)
    return volts[:last]


def temperatures(
    data: bytes,
    at: int,
    count: int,
    *,
    size: int = 2,
    step: int | None = None,
    per: float = 1,
    minus: float = 0,
    signed: bool = True,
    order: Order = "big",
    places: Sequence[Place] = (),
) -> tuple[Temperature, ...]:
    """The temperatures of `count` sensors; Celsius is ``(number - minus) / per``.

    Args:
        data: The message.
        at: First byte of the first.
        count: How many.
        size: Bytes of each.
        step: From one to the next; `size` if not given.
        per: Divisor.
        minus: Taken off the number, 2731 for tenths of a kelvin.
        signed: Two's complement.
        order: Of the bytes.
        places: Where each sits; the last stands for those beyond it.

    Raises:
        FrameError: The message ends before they do.
    """
    found = []
    for number in range(count):
        raw = whole(
            data, at + number * (step or size), size, order=order, signed=signed
        )
        place = places[min(number, len(places) - 1)] if len(places) else Place.UNKNOWN
        found.append(Temperature(value_c=(raw - minus) / per, place=place))
    return tuple(found)
