"""Personal data at rest: encrypted to be read, hashed with a key to be found."""

import hashlib
import hmac
import secrets
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_ID = b"\x01"
_NONCE_BYTES = 12


class SealBrokenError(Exception):
    """Encrypted data was changed, or belongs to another key."""


class Vault:
    """AES-256-GCM for keeping, HMAC-SHA-256 for looking up.

    A sealed value is one byte of key id (so that keys can be rotated), the
    nonce, then the ciphertext with its tag.

    Args:
        data_key: 32 bytes.
        lookup_key: 32 bytes, another one: who can look up need not read.
    """

    def __init__(self, *, data_key: bytes, lookup_key: bytes) -> None:
        """Prepare the ciphers."""
        self._cipher = AESGCM(data_key)
        self._lookup_key = lookup_key

    def seal(self, text: str) -> bytes:
        """Encrypt one value."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _KEY_ID + nonce + self._cipher.encrypt(nonce, text.encode(), _KEY_ID)

    def unseal(self, sealed: bytes) -> str:
        """Decrypt one value.

        Raises:
            SealBrokenError: It was changed, or sealed with another key.
        """
        key_id, nonce = sealed[:1], sealed[1 : 1 + _NONCE_BYTES]
        try:
            text = self._cipher.decrypt(nonce, sealed[1 + _NONCE_BYTES :], key_id)
        except InvalidTag as error:
            raise SealBrokenError from error
        return text.decode()

    def lookup(self, kind: str, value: str) -> bytes:
        """Hash a value so that the same value, however typed, is found again.

        Args:
            kind: What it is (``plate``, ``phone``): equal texts of two kinds
                must not meet.
            value: As typed; width, case, spaces and hyphens do not count.
        """
        plain = unicodedata.normalize("NFKC", value).upper()
        plain = "".join(sign for sign in plain if sign.isalnum())
        return hmac.digest(self._lookup_key, f"{kind}:{plain}".encode(), hashlib.sha256)

    def mac(self, kind: str, value: bytes) -> bytes:
        """Hash bytes with the key, as they are; for what is compared, not typed."""
        message = kind.encode() + b":" + value
        return hmac.digest(self._lookup_key, message, hashlib.sha256)
