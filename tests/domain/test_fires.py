"""By what a fire is linked to batteries."""

from itertools import product

import pytest

from battery_registry.domain.fires import FireLinkError, Link, link_of

# By label, serial, model.
LINKS = {
    (True, False, False): Link.CODE,
    (False, True, False): Link.SERIAL,
    (False, True, True): Link.SERIAL,
    (False, False, True): Link.MODEL,
}


@pytest.mark.parametrize("told", list(product([False, True], repeat=3)))
def test_a_report_names_one_battery_or_a_model(told: tuple[bool, bool, bool]) -> None:
    code, serial, model = told
    if told in LINKS:
        found = link_of(has_code=code, has_serial=serial, has_model=model)
        assert found is LINKS[told]
        return
    with pytest.raises(FireLinkError) as refused:
        link_of(has_code=code, has_serial=serial, has_model=model)
    assert (refused.value.code, refused.value.field) == ("fire_link", "code")
