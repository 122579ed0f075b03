"""What a warning proposes, in the form in which a recall is proposed."""

from calendar import monthrange

from battery_registry import context
from battery_registry.scoring.quality.early_warning import EarlyWarning


def proposal(warning: EarlyWarning) -> dict[str, str]:
    """Spell the recall that a warning proposes: its model, and its month."""
    told = {
        "maker": warning.maker,
        "model": warning.model,
        "reason": context.text(
            "early_warning.reason",
            red=warning.red,
            packs=warning.n,
            expected=f"{warning.expected_red:.1f}",
            fires=warning.fires,
        ),
    }
    if warning.month is None:
        return told
    year, month = (int(part) for part in warning.month.split("-"))
    return {
        **told,
        "produced_from": f"{warning.month}-01",
        "produced_until": f"{warning.month}-{monthrange(year, month)[1]:02}",
    }
