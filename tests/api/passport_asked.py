"""Every answer that an address of passports describes."""

from werkzeug.test import TestResponse

from tests.played import Play


def passport_answers(play: Play, *, gone: str) -> list[tuple[str, TestResponse]]:
    """Ask for passports in every way.

    Args:
        play: The city.
        gone: The code of a destroyed battery.
    """
    code = play.green()
    address = "/api/v1/batteries/{}/passport"
    unknown = {"Authorization": "Bearer br_live_nobody"}
    told = [
        play.get(address.format(code), None),
        play.get(address.format(code), "auditor"),
        play.client.get(address.format(code), headers=unknown),
        play.get(address.format("0000-0000-0000-0000"), None),
        play.get(address.format(gone), None),
        play.get(address.format("x"), None),
    ]
    return [(address.format("{code}"), answer) for answer in told]
