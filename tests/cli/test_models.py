"""``models`` and the class of an instrument."""

import json

from tests.cli.conftest import Run
from tests.cli.test_parties import INSTRUMENT, fill


def test_nothing_is_known_of_models_nobody_inspected_young(run: Run) -> None:
    answer = run("models", "refresh")
    assert (answer.exit_code, answer.stdout) == (0, "0 values of new packs\n")


def test_an_instrument_has_a_class(run: Run) -> None:
    fill(run)
    better = ["REF-1" if word == "EBC-1" else word for word in INSTRUMENT]
    assert run(*better, "--class", "reference").exit_code == 0
    told = json.loads(run("station", "instrument", "list", "--json").stdout)
    grades = {one["code"]: one["instrument_class"] for one in told}
    assert grades == {"EBC-1": "station", "REF-1": "reference"}
    refused = run(*better, "--class", "perfect")
    assert refused.exit_code != 0
    assert "'perfect' is not one of" in refused.output
