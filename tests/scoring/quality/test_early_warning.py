"""A warning is for what chance does not explain."""

import random

from battery_registry.scoring.quality.early_warning import Cell, Level, Sign, judge


def make_cell(number: int, **changes: object) -> Cell:
    told = {
        "maker": "Volta",
        "model": f"M{number}",
        "month": "2024-05",
        "n": 100,
        "red": 4,
        "fade_n": 100,
        "fade_sum": 1500.0,
        "fade_squares": 100 * (15.0**2 + 5.0**2),
    }
    return Cell(**{**told, **changes})  # type: ignore[arg-type]  # plain values


def city(*more: Cell) -> list[Cell]:
    return [*(make_cell(number) for number in range(20)), *more]


def test_like_cohorts_warn_of_nothing() -> None:
    assert judge(city()) == ()
    assert judge([]) == ()


def test_a_red_cohort_is_proposed_first() -> None:
    found = judge(city(make_cell(99, red=40)))
    assert {(one.model, one.level) for one in found} == {("M99", Level.PROPOSE)}
    assert [one.month for one in found].count(None) == 1
    worst = found[0]
    assert worst.signs == (Sign.RED,)
    assert worst.others_rate < 0.05 < worst.rate < 0.41


def test_small_numbers_are_no_warning() -> None:
    """Every pack of a cohort of three is red, and still it says little."""
    assert judge(city(make_cell(99, n=3, red=3))) == ()
    assert judge(city(make_cell(99, n=5, red=1))) == ()


def test_a_rate_of_few_packs_is_drawn_in_further() -> None:
    few, many = (
        judge(city(make_cell(99, n=n, red=red)))[0].rate
        for n, red in ((8, 8), (80, 80))
    )
    assert few < many < 1.0


def test_old_packs_are_compared_with_old_ones() -> None:
    old = [make_cell(n, month="2018-05", red=30) for n in range(50, 60)]
    assert judge(city(*old)) == ()
    told = judge(city(*old[:1]))
    assert {one.model for one in told} == {"M50"}


def make_fleet(seed: int, *, bad_rate: float = 0.04) -> list[Cell]:
    """Twelve months of twelve models, each pack by chance; one month may be bad."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    cells = []
    for model in range(12):
        for month in range(1, 13):
            n = chance.randint(2, 60)
            rate = 0.04
            if (model, month) == (7, 6):
                n, rate = 50, bad_rate
            fades = [chance.gauss(12.0, 6.0) for _ in range(n)]
            cells.append(
                make_cell(
                    model,
                    month=f"2024-{month:02}",
                    n=n,
                    red=sum(chance.random() < rate for _ in range(n)),
                    fade_n=n,
                    fade_sum=sum(fades),
                    fade_squares=sum(fade**2 for fade in fades),
                )
            )
    return cells


def test_chance_alone_seldom_warns() -> None:
    """Two signs at 1 % each: of forty fleets less than one is expected to warn."""
    assert sum(bool(judge(make_fleet(seed))) for seed in range(40)) <= 2


def test_a_bad_month_is_found_and_no_other() -> None:
    found, others = 0, 0
    for seed in range(20):
        told = judge(make_fleet(seed, bad_rate=0.4))
        found += any((one.model, one.month) == ("M7", "2024-06") for one in told)
        others += any(one.model != "M7" for one in told)
    assert found >= 19
    assert others <= 1


def test_fade_beyond_others_is_watched() -> None:
    fading = make_cell(99, fade_sum=3000.0, fade_squares=100 * (30.0**2 + 5.0**2))
    found = judge(city(fading))
    assert {(one.signs, one.level) for one in found} == {((Sign.FADE,), Level.WATCH)}
    assert found[0].fade_pct is not None
    assert 29.0 < found[0].fade_pct < 30.0


def test_fires_are_watched_and_two_are_enough() -> None:
    (one,) = {each.level for each in judge(city(make_cell(99, fires=1)))}
    (two,) = {each.level for each in judge(city(make_cell(99, fires=2)))}
    assert (one, two) == (Level.WATCH, Level.PROPOSE)
    unseen = judge(city(make_cell(99, n=0, red=0, fade_n=0, month=None, fires=2)))
    assert [(each.month, each.signs) for each in unseen] == [(None, (Sign.FIRES,))]
