from datetime import UTC, datetime, timedelta

import pytest

from battery_registry.domain.webhook_signature import (
    TOLERANCE,
    WebhookSignatureError,
    sign,
    verify,
)

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SECRET = "whsec_c2VjcmV0IG9mIGEgdGVzdA=="  # noqa: S105 - of a test only
BODY = b'{"a": 1}'


def make_headers(**changes: str) -> dict[str, str]:
    signature = sign(SECRET, message_id="m-1", at=AT, body=BODY)
    return {
        "webhook-id": "m-1",
        "webhook-timestamp": str(int(AT.timestamp())),
        "webhook-signature": signature,
        **{f"webhook-{name}": value for name, value in changes.items()},
    }


def test_what_is_signed_is_taken_to_the_edge_of_its_time() -> None:
    for apart in (-TOLERANCE, timedelta(0), TOLERANCE):
        verify(SECRET, headers=make_headers(), body=BODY, now=AT + apart)
    with pytest.raises(WebhookSignatureError):
        verify(SECRET, headers=make_headers(), body=BODY, now=AT + TOLERANCE * 1.01)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"id": "m-2"}, "signature"),
        ({"timestamp": "soon"}, "time"),
        ({"timestamp": "٣"}, "time"),
        ({"timestamp": "9" * 13}, "time"),
        ({"timestamp": "9" * 12}, "time"),
        ({"signature": ""}, "signature"),
        ({"signature": "v1,é"}, "signature"),
    ],
)
def test_a_changed_header_is_refused(changes: dict[str, str], why: str) -> None:
    with pytest.raises(WebhookSignatureError) as refusal:
        verify(SECRET, headers=make_headers(**changes), body=BODY, now=AT)
    assert refusal.value.params == {"why": why}


@pytest.mark.parametrize("name", ["id", "timestamp", "signature"])
def test_a_missing_header_is_refused(name: str) -> None:
    headers = make_headers()
    del headers[f"webhook-{name}"]
    with pytest.raises(WebhookSignatureError) as refusal:
        verify(SECRET, headers=headers, body=BODY, now=AT)
    assert refusal.value.params == {"why": "header missing"}


def test_a_changed_body_is_refused() -> None:
    with pytest.raises(WebhookSignatureError):
        verify(SECRET, headers=make_headers(), body=BODY + b" ", now=AT)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_****", "é"])
def test_a_secret_that_is_none_signs_nothing(secret: str) -> None:
    with pytest.raises(WebhookSignatureError) as refusal:
        sign(secret, message_id="m-1", at=AT, body=BODY)
    assert refusal.value.params == {"why": "secret"}
