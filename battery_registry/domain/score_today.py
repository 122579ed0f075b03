"""What a battery's verdict would be today, under a rule set of one's choice."""

from dataclasses import dataclass
from uuid import UUID

from battery_registry.scoring.evaluation import Code


@dataclass(frozen=True, kw_only=True, slots=True)
class Rescored:
    """A battery's verdict under another rule set; it binds nobody.

    Args:
        battery_id: Which battery.
        inspection_id: The inspection that was judged anew: the one behind the
            legal code in force.
        code: The code under the other set.
        score_tenths: The score in tenths of a point, None without a colour.
    """

    battery_id: UUID
    inspection_id: UUID
    code: Code
    score_tenths: int | None
