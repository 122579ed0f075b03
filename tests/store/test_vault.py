import pytest

from battery_registry.store.vault import SealBrokenError, Vault

VAULT = Vault(data_key=b"d" * 32, lookup_key=b"l" * 32)


def test_what_is_sealed_can_be_read_again() -> None:
    sealed = VAULT.seal("王小明")
    assert VAULT.unseal(sealed) == "王小明"
    assert sealed != VAULT.seal("王小明")


@pytest.mark.parametrize("at", [0, 1, 13, -1])
def test_a_changed_byte_breaks_the_seal(at: int) -> None:
    sealed = bytearray(VAULT.seal("plate"))
    sealed[at] ^= 1
    with pytest.raises(SealBrokenError):
        VAULT.unseal(bytes(sealed))


def test_another_key_does_not_open_it() -> None:
    other = Vault(data_key=b"e" * 32, lookup_key=b"l" * 32)
    with pytest.raises(SealBrokenError):
        other.unseal(VAULT.seal("x"))


def test_a_plate_is_found_however_it_is_typed() -> None:
    found = {
        VAULT.lookup("plate", typed)
        for typed in ("京A 12345", "京a12345", "京A-12345", "京Ａ１２３４５")
    }
    assert len(found) == 1
    assert VAULT.lookup("plate", "1") != VAULT.lookup("phone", "1")
    other = Vault(data_key=b"d" * 32, lookup_key=b"m" * 32)
    assert other.lookup("plate", "1") != VAULT.lookup("plate", "1")
