"""A manifest's form as the wire tells a manifest, and its faults as the form's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from battery_registry.domain.city_time import city_date
from battery_registry.domain.manifests import (
    LEAD_ACID_RULE,
    PACKING_RULES,
    DamageClass,
    WasteKind,
)

MOST_DRUMS: Final = 10
_TEXTS: Final = ("carrier", "receiver", "judged_by", "judge_trained_on")
_PAPERS: Final = ("licence_number", "transfer_manifest_number", "vehicle")


def drum_places(filled: Mapping[str, str]) -> tuple[int, ...]:
    """List the places of the drums that the form has room for, from 0."""
    told = filled.get("drums", "1")
    count = int(told) if told.isascii() and told.isdecimal() and len(told) < 3 else 1
    more = 1 if "add_drum" in filled else 0
    return tuple(range(max(1, min(count + more, MOST_DRUMS))))


def empty(*, manifest_id: str, staff_number: str, now: datetime) -> dict[str, str]:
    """Fill what is known of a new form."""
    return {
        "manifest_id": manifest_id,
        "judged_by": staff_number,
        "judge_trained_on": "",
        "waste_kind": WasteKind.LITHIUM.value,
        "left_on": city_date(now).isoformat(),
    }


def as_json(filled: Mapping[str, str], *, codes: Sequence[str]) -> dict[str, Any]:
    """Spell the form as the body of a manifest.

    Args:
        filled: What was filled in.
        codes: The packs that the form offered, in its order.
    """
    told: dict[str, Any] = {
        name: filled[name] for name in _TEXTS if filled.get(name, "").strip()
    }
    told |= {n: filled[n].strip() for n in _PAPERS if filled.get(n, "").strip()}
    return {
        **told,
        "manifest_id": filled.get("manifest_id", ""),
        "waste_kind": filled.get("waste_kind", ""),
        "drums": [_drum(filled, place) for place in _used(filled)],
        "packs": [_pack(filled, code) for code in chosen(filled, codes)],
    }


def chosen(filled: Mapping[str, str], codes: Sequence[str]) -> list[str]:
    """List the packs that lie in a drum."""
    return [code for code in codes if filled.get(f"drum_{code}")]


def field_of(path: str, filled: Mapping[str, str], codes: Sequence[str]) -> str:
    """Name the form's field of a path such as ``packs.3.mass_kg``."""
    subject, _, rest = path.partition(".")
    place, _, name = rest.partition(".")
    if subject == "drums" and place.isdecimal():
        used = _used(filled)
        return f"{name or 'sscc'}_{used[int(place)]}" if int(place) < len(used) else ""
    if subject == "packs" and place.isdecimal():
        code = chosen(filled, codes)[int(place)]
        return f"mass_{code}" if name == "mass_kg" else f"drum_{code}"
    return "sscc_0" if subject in {"drums", "packs"} else path


def _used(filled: Mapping[str, str]) -> list[int]:
    """List the drums that something was said of, or that a pack lies in."""
    lying = {value for name, value in filled.items() if name.startswith("drum_")}
    return [
        place
        for place in drum_places(filled)
        if filled.get(f"sscc_{place}", "").strip() or str(place) in lying
    ]


def _drum(filled: Mapping[str, str], place: int) -> dict[str, str]:
    damage = filled.get(f"damage_class_{place}", "")
    return {
        "sscc": _sscc(filled, str(place)),
        "damage_class": damage,
        "packing_instruction": _packing(damage, filled.get("waste_kind", "")),
    }


def _packing(damage: str, waste_kind: str) -> str:
    """Name the packing that the rules ask for; the form leaves no other."""
    if waste_kind == WasteKind.LEAD_ACID:
        return LEAD_ACID_RULE.packing.value
    known = {each.value for each in DamageClass}
    return PACKING_RULES[DamageClass(damage)].packing.value if damage in known else ""


def _pack(filled: Mapping[str, str], code: str) -> dict[str, Any]:
    told = filled.get(f"mass_{code}", "").strip().replace(",", ".")
    return {
        "code": code,
        "sscc": _sscc(filled, filled[f"drum_{code}"]),
        "mass_kg": number(told),
    }


def number(told: str) -> float | str | None:
    """Read a number; text that is none stays text, so that it is refused by name."""
    try:
        return float(told) if told else None
    except ValueError:
        return told


def _sscc(filled: Mapping[str, str], place: str) -> str:
    # People copy it in groups, and with the bracketed (00) of a logistics label.
    return "".join(sign for sign in filled.get(f"sscc_{place}", "") if sign.isalnum())
