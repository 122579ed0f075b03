import pytest
from sqlalchemy import func, select, update

from battery_registry.domain import code
from battery_registry.domain.code import MalformedCodeError, PublicCode
from battery_registry.domain.registration import LabelReplacedError, LabelUnknownError
from battery_registry.services import labels
from battery_registry.services.label_sheets import get_template
from battery_registry.store.db import Database
from battery_registry.store.tables.batteries import label
from tests.builders import NOW, add_organisation


def test_blank_labels_are_kept_unbound(database: Database) -> None:
    with database.writing() as session:
        owner = add_organisation(session, "north-checks", "station_operator")
        made = labels.make_blank(session, count=30, organisation_id=owner, now=NOW)
        kept = session.execute(select(label)).all()
    assert len(set(made)) == 30
    assert {row.code for row in kept} == set(made)
    assert {(row.battery_id, row.organisation_id, row.made_at) for row in kept} == {
        (None, owner, NOW)
    }
    assert all(code.parse(one) == one for one in made)


@pytest.mark.parametrize("count", [-1, 0, 10_001])
def test_no_unreasonable_number_of_labels_is_made(
    database: Database, count: int
) -> None:
    with database.writing() as session:
        with pytest.raises(labels.LabelCountError):
            labels.make_blank(session, count=count, organisation_id=None, now=NOW)
        assert session.scalar(select(func.count()).select_from(label)) == 0


def test_labels_are_found_in_the_order_asked_for(database: Database) -> None:
    with database.writing() as session:
        made = labels.make_blank(session, count=3, organisation_id=None, now=NOW)
        wanted = [f"https://a.example/b/{code.show(one)}" for one in reversed(made)]
        found = labels.get_labels(session, codes=wanted)
    assert found == tuple(reversed(made))


def test_an_unknown_label_is_not_printed(database: Database) -> None:
    unknown = code.mint(b"0123456789")
    with database.reading() as session:
        with pytest.raises(LabelUnknownError):
            labels.get_labels(session, codes=[unknown])
        with pytest.raises(MalformedCodeError):
            labels.get_labels(session, codes=["?"])


def test_of_a_replaced_label_the_new_one_is_named(database: Database) -> None:
    with database.writing() as session:
        old, new = labels.make_blank(session, count=2, organisation_id=None, now=NOW)
        session.execute(
            update(label).where(label.c.code == old).values(replaced_by=new)
        )
        with pytest.raises(LabelReplacedError) as refused:
            labels.get_labels(session, codes=[old])
    assert refused.value.params["new"] == code.show(PublicCode(new))


def test_a_tag_of_a_red_pack_needs_an_open_case(database: Database) -> None:
    tag = get_template("red-tag-40x40")
    with database.writing() as session:
        (made,) = labels.make_blank(session, count=1, organisation_id=None, now=NOW)
        assert labels.get_printable(
            session, codes=[made], template=get_template("a4-3x7")
        ) == (made,)
        with pytest.raises(labels.NoRedCaseError):
            labels.get_printable(session, codes=[made], template=tag)
    with pytest.raises(labels.NoRedCaseError):
        labels.refuse_blank_tags(tag)
