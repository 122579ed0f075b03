"""What is asked about a battery before and at its sale, as JSON."""

import re
from typing import Final

from battery_registry.domain.clearance import Purpose
from battery_registry.queries.bulk_sale import MOST_PREFIXES
from battery_registry.services.losses import Loss
from battery_registry.wire import faults
from battery_registry.wire.bodies import BodySchema
from battery_registry.wire.fields import (
    Choice,
    Listed,
    Text,
    check_says_something,
    sized,
    spelled,
)

LONGEST_CODE: Final = 200
LONGEST_TOKEN: Final = 4_096

_PREFIX: Final = r"[0-9a-f]{5}$"


class ClearanceAskedSchema(BodySchema):
    """Which battery, and what for."""

    code = Text(
        required=True,
        validate=sized(1, LONGEST_CODE),
        metadata={"description": "Public code, as typed or scanned."},
    )
    purpose = Choice(Purpose, load_default=Purpose.SALE)


class SerialAskedSchema(BodySchema):
    """A maker's serial, as it stands on the pack."""

    serial = Text(required=True, validate=[sized(4, 64), check_says_something])


class PrefixesAskedSchema(BodySchema):
    """The first digits of hashes of codes or serials."""

    prefixes = Listed(
        Text(validate=spelled(_PREFIX)),
        required=True,
        validate=sized(1, MOST_PREFIXES),
    )


class LossSchema(BodySchema):
    """A battery that somebody misses."""

    code = Text(required=True, validate=sized(1, LONGEST_CODE))
    kind = Choice(Loss, required=True)
    reference = Text(
        load_default=None,
        validate=sized(1, 64),
        metadata={"description": "Number of a report elsewhere; no personal data."},
    )
    owner_code = Text(
        load_default=None,
        validate=sized(1, 64),
        metadata={"description": "What a transfer gave the owner; stands for a key."},
    )


class FoundSchema(BodySchema):
    """A battery that was missed and is there again."""

    code = Text(required=True, validate=sized(1, LONGEST_CODE))
    owner_code = Text(load_default=None, validate=sized(1, 64))


class TransferSchema(BodySchema):
    """A transfer to be opened."""

    clearance = Text(
        required=True,
        validate=sized(1, LONGEST_TOKEN),
        metadata={"description": "A clearance that holds."},
    )
    owner_code = Text(
        load_default=None,
        validate=sized(1, 64),
        metadata={"description": "Needed once the battery came by a transfer."},
    )


class ConsentSchema(BodySchema):
    """One party's yes."""

    code = Text(required=True, validate=sized(1, 64))
    name = Text(load_default=None, validate=sized(1, 64))
    phone = Text(load_default=None, validate=sized(5, 32))


def check_prefix(text: str) -> None:
    """Check the prefix of an address.

    Raises:
        InvalidInputError: It is not five hexadecimal digits in lower case.
    """
    if re.fullmatch(_PREFIX, text) is None:
        raise faults.refuse({"prefix": [f"wire.pattern|{_PREFIX}"]})
