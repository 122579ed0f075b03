"""Standard Webhooks: the constants of the reference libraries' own tests.

The file says in words which messages must be taken or refused; each is made
here of its one signed message.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from battery_registry.conformance.suite import Failure, Suite, read_json
from battery_registry.domain import webhook_signature
from battery_registry.domain.webhook_signature import WebhookSignatureError

_FILE: Final = Path("standard-webhooks") / "vectors.json"
_OTHER_SIGNATURES: Final = "v1,Y2hhbmdlZA== v2,bm90IG91cnM="


@dataclass(frozen=True, kw_only=True, slots=True)
class _Message:
    secret: str
    headers: Mapping[str, str]
    body: bytes
    now: datetime

    def with_header(self, name: str, value: str) -> Self:
        return replace(self, headers={**self.headers, name: value})

    def without(self, name: str) -> Self:
        kept = {key: value for key, value in self.headers.items() if key != name}
        return replace(self, headers=kept)


_Forms = Callable[[_Message, Mapping[str, Any]], list[_Message]]


def run(folder: Path) -> tuple[Suite, ...]:
    """Sign the message, and check each of the others.

    Args:
        folder: The folder of all vectors.
    """
    vectors = read_json(folder / _FILE)
    failures = [_signed(vectors, case) for case in vectors["sign"]]
    for group, is_taken in (("accept", True), ("reject", False)):
        failures += [_checked(vectors, case, is_taken) for case in vectors[group]]
    return (
        Suite(
            id="standard-webhooks",
            title="Standard Webhooks signatures (reference tests)",
            cases=len(failures),
            failures=tuple(each for each in failures if each is not None),
        ),
    )


def _signed(vectors: Mapping[str, Any], case: Mapping[str, Any]) -> Failure | None:
    found = webhook_signature.sign(
        vectors["secret"],
        message_id=case["webhook-id"],
        at=datetime.fromtimestamp(case["webhook-timestamp"], UTC),
        body=case["payload"].encode(),
    )
    if found == case["webhook-signature"]:
        return None
    return Failure(case="sign", detail=found)


def _checked(
    vectors: Mapping[str, Any], case: Mapping[str, Any], is_taken: bool
) -> Failure | None:
    why = case["why"]
    forms = _FORMS.get(why)
    if forms is None:
        return Failure(case=why, detail="this case is not known here")
    message = _message(vectors)
    if all(_takes(form) is is_taken for form in forms(message, case)):
        return None
    return Failure(case=why, detail="refused" if is_taken else "accepted")


def _takes(message: _Message) -> bool:
    try:
        webhook_signature.verify(
            message.secret, headers=message.headers, body=message.body, now=message.now
        )
    except WebhookSignatureError:
        return False
    return True


def _message(vectors: Mapping[str, Any]) -> _Message:
    signed = vectors["sign"][0]
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return _Message(
        secret=vectors["secret"],
        headers={name: str(signed[name]) for name in names},
        body=signed["payload"].encode(),
        now=datetime.fromtimestamp(signed["webhook-timestamp"], UTC),
    )


def _several(message: _Message, _case: Mapping[str, Any]) -> list[_Message]:
    own = message.headers["webhook-signature"]
    told = (f"{_OTHER_SIGNATURES} {own}", f"{own} {_OTHER_SIGNATURES}")
    return [message.with_header("webhook-signature", each) for each in told]


def _secrets(*change: Callable[[str], str]) -> _Forms:
    return lambda message, _case: [
        replace(message, secret=each(message.secret)) for each in change
    ]


def _later(seconds: int) -> _Forms:
    return lambda message, _case: [
        replace(message, now=message.now + timedelta(seconds=seconds))
    ]


def _missing(name: str) -> _Forms:
    return lambda message, _case: [message.without(name)]


def _given(name: str) -> _Forms:
    return lambda message, case: [message.with_header(name, case[name])]


_FORMS: Final[Mapping[str, _Forms]] = {
    "signature differs in the last byte": _given("webhook-signature"),
    "missing webhook-id": _missing("webhook-id"),
    "missing webhook-timestamp": _missing("webhook-timestamp"),
    "missing webhook-signature": _missing("webhook-signature"),
    "webhook-timestamp is not a number": lambda message, _case: [
        message.with_header("webhook-timestamp", "soon")
    ],
    "timestamp older than 300 s": _later(301),
    "timestamp more than 300 s in the future": _later(-301),
    "empty secret, or only the prefix whsec_": _secrets(
        lambda _secret: "", lambda _secret: "whsec_"
    ),
    "several space-separated signatures, one of them right": _several,
    "secret given with and without the whsec_ prefix": _secrets(
        lambda secret: secret, lambda secret: secret.removeprefix("whsec_")
    ),
    "secret without base64 padding": _secrets(lambda secret: secret.rstrip("=")),
}
