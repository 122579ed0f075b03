"""Made-up cells whose lives are known by construction."""

import numpy as np

from battery_registry.scoring.validation import AgeingSet, Cell, make_cell


def make_fading_cell(
    *,
    name: str = "one",
    fade_per_cycle: float = 0.01,
    cycles: int = 61,
    ratio_per_cycle: float | None = 0.02,
    noise_frac: float = 0.0,
    seed: int = 1,
) -> Cell:
    """A cell that fades along a straight line, one reading a cycle."""
    times = np.arange(cycles, dtype=np.float64)
    noise = np.random.default_rng(seed).normal(0, 1, cycles) * noise_frac
    return make_cell(
        cell_id=name,
        times=times,
        retention=1 - fade_per_cycle * times + noise,
        ratio=np.full(cycles, np.nan)
        if ratio_per_cycle is None
        else 1 + ratio_per_cycle * times,
    )


def make_set(
    *cells: Cell,
    name: str = "made_up",
) -> AgeingSet:
    """A set of these cells."""
    return AgeingSet(
        name=name, cells=cells, chemistry="NMC", time_axis="cycle", sha256="0" * 64
    )


def make_varied_set(
    *, name: str = "varied", cells: int = 6, with_ratio: bool = True, seed: int = 7
) -> AgeingSet:
    """Cells that fade at different speeds, with some noise."""
    speeds = np.linspace(0.008, 0.014, cells)
    return make_set(
        *(
            make_fading_cell(
                name=f"{name}_{index}",
                fade_per_cycle=float(speed),
                ratio_per_cycle=0.01 if with_ratio else None,
                noise_frac=0.012,
                seed=seed + index,
            )
            for index, speed in enumerate(speeds)
        ),
        name=name,
    )
