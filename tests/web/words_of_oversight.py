"""Keys of words that the overseers' pages put together of a beginning and a word."""

from battery_registry.domain.ledger import LeafKind


def oversight() -> set[str]:
    """Keys of the dossier."""
    return {f"leaf.{kind}" for kind in LeafKind}
