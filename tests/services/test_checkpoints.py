import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from battery_registry.domain import checkpoint, merkle_proofs
from battery_registry.domain.checkpoint import CheckpointError, CheckpointUnknownError
from battery_registry.domain.jwk import decode, public_jwk
from battery_registry.services import checkpoints
from battery_registry.store import ledger
from battery_registry.store.db import Database
from battery_registry.store.tables.ledger import ledger_checkpoint
from tests.builders import NOW, Registry
from tests.played import Play

KEY = b"g" * 32
PUBLIC = decode(public_jwk(KEY)["x"])


@pytest.fixture
def play(client: FlaskClient, registry: Registry) -> Play:
    return Play(client=client, registry=registry)


def seal(database: Database) -> checkpoint.Checkpoint:
    with database.writing() as session:
        return checkpoints.seal(session, now=NOW)


def test_a_ledger_only_grows(play: Play, database: Database) -> None:
    play.red()
    first = seal(database)
    assert seal(database) == first
    play.green()
    play.red()
    second = seal(database)
    assert second.size > first.size
    with database.reading() as session:
        assert checkpoints.count_waiting(session) == 0
        assert checkpoints.get_newest(session) == second
        assert checkpoints.get(session, size=first.size) == first
        hashes = ledger.leaf_hashes(session, size=second.size)
    proof = merkle_proofs.prove_consistency(hashes, first_size=first.size)
    merkle_proofs.verify_consistency(
        first_size=first.size,
        second_size=second.size,
        first_root=first.root,
        second_root=second.root,
        proof=proof,
    )


def test_before_the_first_leaf_there_is_nothing_to_seal(database: Database) -> None:
    with database.writing() as session:
        assert checkpoints.find_newest(session) is None
        with pytest.raises(CheckpointUnknownError):
            checkpoints.seal(session, now=NOW)
        with pytest.raises(CheckpointUnknownError):
            checkpoints.get(session, size=1)


def test_a_note_is_signed_by_the_ledgers_key() -> None:
    told = checkpoint.Checkpoint(size=7, root=b"r" * 32, sealed_at=NOW)
    note = checkpoint.note(told, origin="b.example.cn", key=KEY)
    assert note.startswith("b.example.cn\n7\ncnJy")
    found = checkpoint.verify(note, origin="b.example.cn", public_key=PUBLIC)
    assert found == (7, b"r" * 32)
    for origin, key, spoiled in (
        ("b.example.org", PUBLIC, note),
        ("b.example.cn", b"\x01" * 32, note),
        ("b.example.cn", PUBLIC, note.replace("\n7\n", "\n8\n")),
        ("b.example.cn", PUBLIC, note.replace("\n7\n", "\nx\n")),
        ("b.example.cn", PUBLIC, note.partition("\n\n")[0]),
    ):
        with pytest.raises(CheckpointError):
            checkpoint.verify(spoiled, origin=origin, public_key=key)


def test_the_tree_grows_from_a_size_once(play: Play, database: Database) -> None:
    play.red()
    first = seal(database)
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(
            insert(ledger_checkpoint).values(
                size=first.size + 1, grown_from=0, root=first.root, sealed_at=NOW
            )
        )
