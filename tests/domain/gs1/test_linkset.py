import pytest

from battery_registry.domain.gs1 import linkset

BASE = "https://registry.example"


def make_document() -> dict[str, object]:
    told = linkset.document(
        anchor=f"{BASE}/8004/9520614141234",
        description="Volta V48-20",
        base_url=BASE,
        code="aaaa-bbbb-cccc-dddd",
        title=lambda name, language: f"{name} {language}",
    )
    (entry,) = told["linkset"]
    return dict(entry)


def test_the_default_link_has_nothing_but_address_and_title() -> None:
    assert make_document()[f"{linkset.NAMESPACE}defaultLink"] == [
        {"href": f"{BASE}/b/aaaa-bbbb-cccc-dddd", "title": "defaultLink None"}
    ]


def test_a_page_is_listed_once_a_language() -> None:
    assert make_document()[f"{linkset.NAMESPACE}safetyInfo"] == [
        {
            "href": f"{BASE}/b/aaaa-bbbb-cccc-dddd?lang={language}",
            "title": f"safetyInfo {language}",
            "type": "text/html",
            "hreflang": [language],
        }
        for language in ("zh", "en")
    ]


def test_what_needs_an_account_says_so() -> None:
    assert make_document()[f"{linkset.NAMESPACE}epcis"] == [
        {
            "href": f"{BASE}/api/v1/custody/aaaa-bbbb-cccc-dddd/epcis",
            "title": "epcis None",
            "type": "application/ld+json",
            "public": False,
        }
    ]


@pytest.mark.parametrize(
    "link_type",
    [
        "gs1:recallStatus",
        "https://ref.gs1.org/voc/recallStatus",
        "https://gs1.org/voc/recallStatus",
        "http://gs1.org/voc/recallStatus",
    ],
)
def test_all_spellings_of_a_link_type_are_one(link_type: str) -> None:
    found = linkset.find(link_type)
    assert found is not None
    href = found.href(BASE, code="aaaa-bbbb-cccc-dddd")
    assert href == f"{BASE}/api/v1/resale/aaaa-bbbb-cccc-dddd"


@pytest.mark.parametrize("link_type", ["recallStatus", "gs1:", "gs1:pip", "x:epcis"])
def test_another_link_type_is_not_found(link_type: str) -> None:
    assert linkset.find(link_type) is None


def test_the_default_link_is_found_as_the_safety_page() -> None:
    found = linkset.find("gs1:defaultLink")
    assert found is not None
    assert found.link_type == "safetyInfo"
    assert linkset.is_linkset("linkset")
    assert linkset.is_linkset("all")
    assert not linkset.is_linkset("gs1:epcis")
