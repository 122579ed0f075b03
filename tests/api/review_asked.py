"""Answers of every sort about retests, appeals, recalls and fires."""

from battery_registry.domain import code as codes
from battery_registry.domain.roles import Role
from tests.api.chain_asked import NOBODY, Asked, lists, post, refusals, strangers
from tests.builders import NOW
from tests.played import Play

_UNKNOWN = codes.show(codes.mint(b"0123456789"))


def review_answers(play: Play) -> Asked:
    """Ask for everything by which a red ends, or a battery is called back."""
    return [
        *_retests(play),
        *_appeals(play),
        *_recalls(play),
        *_fires(play),
        *lists(play, "/api/v1/early-warnings", "regulator"),
    ]


def _retests(play: Play) -> Asked:
    address, code = "/api/v1/retests", play.red()
    told = [
        post(play, address, {"code": code}, "regulator"),
        post(play, address, {"code": code}, "regulator"),
        post(play, address, {"code": _UNKNOWN}, "regulator"),
        *refusals(play, address, "regulator"),
    ]
    return [*((address, answer) for answer in told), *lists(play, address, "auditor")]


def _appeals(play: Play) -> Asked:
    address = "/api/v1/appeals"
    decision = f"{address}/{{appeal_id}}/decision"
    body = {"code": play.red(), "grounds": "The lead was broken."}
    told = [
        post(play, address, body, "XC-01"),
        post(play, address, body, "XC-01"),
        post(play, address, {**body, "code": _UNKNOWN}, "XC-01"),
        *refusals(play, address, "XC-01"),
    ]
    at = decision.format(appeal_id=told[0].get_json()["appeal_id"])
    word = {"upheld": True, "note": "The lead was found broken."}
    decided = [
        post(play, decision.format(appeal_id=NOBODY), word, "regulator"),
        *refusals(play, at, "regulator"),
        post(play, at, word, "regulator"),
        post(play, at, word, "regulator"),
    ]
    return [
        *((address, answer) for answer in told),
        *((decision, answer) for answer in decided),
        *lists(play, address, "auditor"),
    ]


def _recalls(play: Play) -> Asked:
    address = "/api/v1/recalls"
    one = f"{address}/{{recall_id}}"
    play.add_key("second", organisation="city-market", role=Role.REGULATOR, at="XC-01")
    body = {"maker": "Volta", "reason": "Cells of lot 7 swell."}
    proposed = post(play, address, body, "regulator")
    told: Asked = [(address, proposed)]
    told += [(address, answer) for answer in refusals(play, address, "regulator")]
    recall_id = proposed.get_json()["recall_id"]
    at, nowhere = one.format(recall_id=recall_id), one.format(recall_id=NOBODY)
    batteries = f"{one}/batteries"
    reads = ((at, "auditor"), (at, None), (at, "dealer"), (nowhere, "auditor"))
    for where, key in reads:
        told.append((one, play.get(where, key)))
        told.append((batteries, play.get(f"{where}/batteries", key)))
    told.append((batteries, play.get(f"{at}/batteries", nonsense="1", key="auditor")))
    # The proposer cannot confirm, nobody confirms twice, and two withdraw.
    for what, key in (
        ("confirm", "regulator"),
        ("confirm", "second"),
        ("confirm", "second"),
        ("withdraw", "second"),
        ("withdraw", "second"),
        ("withdraw", "regulator"),
        ("withdraw", "regulator"),
    ):
        act = f"{one}/{what}"
        told.append((act, post(play, f"{at}/{what}", {}, key)))
        told.append((act, post(play, f"{nowhere}/{what}", {}, key)))
        told += [(act, answer) for answer in strangers(play, f"{at}/{what}", {})]
    return [*told, *lists(play, address, "auditor")]


def _fires(play: Play) -> Asked:
    address = "/api/v1/fires"
    one = f"{address}/{{fire_id}}"
    body = {
        "occurred_at": NOW.isoformat(),
        "cause": "battery_fault",
        "certainty": "confirmed",
    }
    told = [
        post(play, address, {**body, "code": play.green()}, "regulator"),
        post(play, address, {**body, "code": _UNKNOWN}, "regulator"),
        *refusals(play, address, "regulator"),
    ]
    at = one.format(fire_id=told[0].get_json()["fire_id"])
    table = "/api/v1/exports/fires.csv"
    read = [
        *(play.get(at, key) for key in ("auditor", None, "dealer")),
        play.get(at, nonsense="1"),
        play.get(one.format(fire_id=NOBODY)),
    ]
    return [
        *((address, answer) for answer in told),
        *((one, answer) for answer in read),
        *lists(play, table, "auditor"),
        *lists(play, address, "auditor"),
    ]
