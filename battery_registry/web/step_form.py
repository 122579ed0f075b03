"""The steps that a holder takes alone, as forms: what each asks for, and reads."""

from collections.abc import Mapping
from typing import Final

from battery_registry.domain.custody import State
from battery_registry.domain.roles import Role
from battery_registry.web.load_form import number

FRACTIONS: Final = (
    *("steel", "aluminium", "copper", "plastics", "black_mass", "electrolyte"),
    *("other", "loss"),
)
"""What a battery is taken apart into; each mass is evidence ``kg_<name>``."""

_PROOF: Final = ("certificate_number", "evidence_ref")
_WORDS: Final = ("note",)
TEXTS: Final[Mapping[State, tuple[str, ...]]] = {
    State.DISMANTLED: _WORDS,
    State.DESTROYED: _PROOF,
    State.MISSING: _WORDS,
    State.ISOLATED: _WORDS,
}
# Nobody else's word is needed for these; what passes on goes by offer or manifest.
_ALONE: Final[Mapping[Role, frozenset[State]]] = {
    Role.RECYCLER: frozenset(TEXTS),
    Role.COLLECTOR: frozenset({State.MISSING, State.ISOLATED}),
    Role.INSPECTOR: frozenset({State.MISSING, State.ISOLATED}),
}


def steps(lawful: tuple[State, ...], *, role: Role) -> tuple[State, ...]:
    """List the steps that a holder of this role may take alone from here."""
    allowed = _ALONE.get(role, frozenset())
    return tuple(state for state in lawful if state in allowed)


def evidence(filled: Mapping[str, str], *, to_state: State) -> dict[str, object]:
    """Read the evidence of a step; a field that is empty says nothing."""
    told: dict[str, object] = {
        name: filled[name].strip()
        for name in TEXTS.get(to_state, ())
        if filled.get(name, "").strip()
    }
    if to_state is State.DESTROYED:
        told |= {name: number(_plain(filled[name])) for name in _masses(filled)}
    return told


def _masses(filled: Mapping[str, str]) -> list[str]:
    names = [f"kg_{fraction}" for fraction in FRACTIONS]
    return [name for name in names if filled.get(name, "").strip()]


def _plain(text: str) -> str:
    return text.strip().replace(",", ".")
