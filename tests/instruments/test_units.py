import pytest

from instruments.units import (
    Quantity,
    UnitError,
    find_spelled_unit,
    get_unit,
)


@pytest.mark.parametrize(
    ("token", "quantity", "factor"),
    [
        ("mV", Quantity.VOLTAGE, 1e-3),
        ("uA", Quantity.CURRENT, 1e-6),
        ("µA", Quantity.CURRENT, 1e-6),
        ("μA", Quantity.CURRENT, 1e-6),
        ("mAs", Quantity.CHARGE, 1e-3 / 3600),
        ("mAh", Quantity.CHARGE, 1e-3),
        (" min ", Quantity.TIME, 60.0),
        ("h", Quantity.TIME, 3600.0),
        ("mΩ", Quantity.RESISTANCE, 1e-3),
        ("mOhm", Quantity.RESISTANCE, 1e-3),
        ("℃", Quantity.TEMPERATURE, 1.0),
    ],
)
def test_unit_tokens(token: str, quantity: Quantity, factor: float) -> None:
    unit = get_unit(token)
    assert unit.quantity is quantity
    assert unit.factor == pytest.approx(factor)


@pytest.mark.parametrize("token", ["", "?", "C", "ma", "mAh/g", "V V"])
def test_unknown_units_are_refused(token: str) -> None:
    with pytest.raises(UnitError, match="unknown unit"):
        get_unit(token)


@pytest.mark.parametrize(
    ("token", "quantity", "factor"),
    [
        ("Sec", Quantity.TIME, 1.0),
        ("Min", Quantity.TIME, 60.0),
        ("Hours", Quantity.TIME, 3600.0),
        ("ampere", Quantity.CURRENT, 1.0),
        ("ma", Quantity.CURRENT, 1e-3),
        ("mA.h", Quantity.CHARGE, 1e-3),
        ("AH", Quantity.CHARGE, 1.0),
        ("C", Quantity.TEMPERATURE, 1.0),
        ("MA", Quantity.CURRENT, None),
        ("MOhm", Quantity.RESISTANCE, None),
        ("C", Quantity.CHARGE, None),
        ("V", Quantity.CURRENT, None),
        ("", Quantity.TIME, None),
    ],
)
def test_vendors_spelling(token: str, quantity: Quantity, factor: float | None) -> None:
    unit = find_spelled_unit(token, quantity)
    assert (None if unit is None else unit.factor) == factor
    assert unit is None or unit.quantity is quantity
