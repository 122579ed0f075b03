import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.domain.gs1 import check_digits, percent
from battery_registry.domain.gs1.digital_link import (
    DigitalLink,
    DigitalLinkError,
    parse,
    parse_element_string,
)


def test_an_address_is_read_into_its_parts() -> None:
    uri = (
        "https://id.example.org/x/01/9520123456788/10/L%2F1/21/A1?17=271231&lang=en#top"
    )
    link = parse(uri)
    assert link == DigitalLink(
        key=("01", "09520123456788"),
        qualifiers=(("10", "L/1"), ("21", "A1")),
        attributes=(("17", "271231"),),
    )
    assert link.path == "/01/09520123456788/10/L%2F1/21/A1"
    assert link.element_string == "^010952012345678810L/1^21A1^17271231"


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("https://a/01/12312312312333<", "characters"),
        ("https://a/01/" + "1" * 5000, "characters"),
        ("HtTp://a/01/12312312312333", "scheme"),
        ("https:///01/12312312312333", "host"),
        ("https://a", "no key"),
        ("https://a/b/c", "no key"),
        ("https://a/01/12312312312334", "value of 01"),
        ("https://a/01/12312312312333/99/x", "qualifiers"),
        ("https://a/01/12312312312333/21/x/10/y", "qualifiers"),
        ("https://a/00/006141411234567890/21/x", "qualifiers"),
        ("https://a/01/12312312312333/junk/x", "no such identifier"),
        ("https://a/01/12312312312333?999=x", "no such identifier"),
        ("https://a/01/12312312312333?21=x", "not an attribute"),
        ("https://a/01/12312312312333?22=x", "not an attribute"),
        ("https://a/8004/9520614141234?8200=x", "not an attribute"),
        ("https://a/01/12312312312333/21/x?21=x", "twice"),
        ("https://a/01/12312312312333/21/x?98=", "value of 98"),
    ],
)
def test_what_is_no_digital_link_is_refused_with_a_reason(
    uri: str, reason: str
) -> None:
    with pytest.raises(DigitalLinkError) as refusal:
        parse(uri)
    assert refusal.value.params == {"reason": reason}
    assert refusal.value.kind == "malformed"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no key"),
        ("(21)x", "no key"),
        ("01)12312312312333", "brackets"),
        ("(01)12312312312333(", "brackets"),
        ("(01)12312312312333(x)(21)y", "brackets"),
        ("(01)12312312312333(21)x(21)y", "two values"),
        ("(01)12312312312333(8200)http:", "not an attribute"),
        ("(01)12312312312333(89)x", "no such identifier"),
        ("(01)12312312312334", "value of 01"),
    ],
)
def test_what_cannot_be_an_address_is_refused(text: str, reason: str) -> None:
    with pytest.raises(DigitalLinkError) as refusal:
        parse_element_string(text)
    assert refusal.value.params == {"reason": reason}


def test_a_bracket_in_a_value_is_escaped() -> None:
    link = parse_element_string("(01)12312312312333(21)a\\(b")
    assert link.qualifiers == (("21", "a(b"),)
    assert link.uri("https://e.org/") == "https://e.org/01/12312312312333/21/a%28b"


_VALUE = st.text("!\"%&'()*+,-./09:;<=>?AZ_az", min_size=1, max_size=20)


@given(
    body=st.from_regex(r"[0-9]{13}", fullmatch=True),
    values=st.dictionaries(st.sampled_from(["22", "10", "21"]), _VALUE),
    attributes=st.dictionaries(st.sampled_from(["90", "240", "98"]), _VALUE),
)
def test_what_is_written_is_read_again(
    body: str, values: dict[str, str], attributes: dict[str, str]
) -> None:
    link = DigitalLink(
        key=("01", body + check_digits.check_digit(body)),
        qualifiers=tuple((ai, values[ai]) for ai in ("22", "10", "21") if ai in values),
        attributes=tuple(attributes.items()),
    )
    assert parse(link.uri()) == link


@given(st.text(max_size=40))
def test_any_text_is_a_link_or_a_refusal(text: str) -> None:
    reasons = []
    for read in (parse, parse_element_string):
        try:
            read(text)
        except DigitalLinkError as refusal:
            reasons.append(refusal.params["reason"])
    assert all(reasons)


def test_a_percent_sign_that_begins_no_escape_stays() -> None:
    assert percent.unescape("%4fx%4gx%") == "Ox%4gx%"
    assert percent.unescape("a+b%2B", plus_is_blank=True) == "a b+"
    assert percent.escape("a b") == "a%20b"
    assert percent.escape("a b+", blank_is_plus=True) == "a+b%2B"


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("01/09520123456788/21/volta-1", "010952012345678821VOLTA-1"),
        ("01/09520123456788/10/lot7/21/a", "010952012345678821A"),
        ("8004/9520123a-7", "80049520123A-7"),
        ("01/09520123456788", None),
        ("01/09520123456788/10/lot7", None),
        ("00/340123451111111111", None),
    ],
)
def test_only_one_thing_bears_a_maker_s_code(path: str, item: str | None) -> None:
    assert parse(f"https://id.gs1.org/{path}").item == item
