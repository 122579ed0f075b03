"""Keys of words that the chain's pages put together of a beginning and a word."""

from battery_registry.domain.clearance import Purpose
from battery_registry.domain.sale import Answer
from battery_registry.services.acceptance import Outcome
from battery_registry.services.losses import Loss
from battery_registry.web import step_form
from battery_registry.web.scanning import Mark


def chain_of_custody() -> set[str]:
    """Keys of scans and of the steps that a holder takes."""
    fields = {name for names in step_form.TEXTS.values() for name in names}
    return {
        *(f"check.do.{answer}" for answer in Answer),
        *(f"clearance.purpose.{purpose}" for purpose in Purpose),
        *(f"losses.kind.{kind}" for kind in (*Loss, "found")),
        *(f"transfer.slip.{side}" for side in ("giver", "receiver")),
        *(f"transfer.slip_says.{side}" for side in ("giver", "receiver")),
        *(f"scan.mark.{mark}" for mark in Mark),
        *(f"scan.outcome.{outcome}" for outcome in Outcome),
        *(f"gate.scan.{word}" for word in ("again", "received", "unknown")),
        *(f"gate.scan.{word}" for word in ("listed", "not_listed")),
        *(f"packs.step.{state}" for state in step_form.TEXTS),
        *(f"packs.step_says.{state}" for state in step_form.TEXTS),
        *(f"packs.field.{name}" for name in fields),
        *(f"packs.fraction.{name}" for name in step_form.FRACTIONS),
    }
