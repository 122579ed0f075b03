from flask.testing import FlaskClient

from tests.builders import Registry, make_body, make_red_body

URL = "/api/v1/inspections"


def test_a_reading_gets_its_receipt(client: FlaskClient, registry: Registry) -> None:
    answer = client.post(URL, json=make_body(), headers=registry.headers())
    assert answer.status_code == 201, answer.text
    assert answer.json["verdict"]["code"] == "green"


def test_a_red_one_opens_a_case(client: FlaskClient, registry: Registry) -> None:
    answer = client.post(URL, json=make_red_body(), headers=registry.headers())
    assert answer.status_code == 201, answer.text
    assert answer.json["battery_code_in_force"] == "red"
    assert answer.json["case"]["state"] == "flagged"
