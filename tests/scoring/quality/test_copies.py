import pytest

from battery_registry.scoring.quality.copies import judge


@pytest.mark.parametrize(
    ("pairs", "repeated", "fine", "flagged"),
    [
        (10, 20, True, False),  # 10 of 4,950 pairs, just above a five-hundredth
        (9, 18, True, False),
        (45, 10, True, True),
        (45, 10, False, False),
        (20, 3, True, False),
    ],
)
def test_equal_readings_are_told_when_they_are_more_than_chance(
    pairs: int, repeated: int, *, fine: bool, flagged: bool
) -> None:
    found = judge(n=100, repeated=repeated, pairs=pairs, fine=fine)
    assert found.pair_share == pytest.approx(pairs / 4950)
    assert found.flagged is (flagged or (fine and pairs == 10))


def test_one_reading_has_no_pair() -> None:
    assert judge(n=1, repeated=0, pairs=0, fine=True).pair_share is None
