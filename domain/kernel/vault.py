"""What keeps a secret at rest and proves that a word is ours: one set of keys, a derived key for each purpose.

Keys are 32 random bytes in base64 (Fernet keys). The first encrypts and signs, all decrypt and verify: a key
is rotated by putting the new one in front, and taken away once nothing lives that it made.
"""

import base64
import hmac
from collections.abc import Iterable
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEYS_MAX: Final = 10
KEY_BYTES: Final = 32
SIGNATURE_SIZE_MIN: Final = 8
SIGNATURE_SIZE_MAX: Final = 32


class UnreadableSecret(ValueError):
    """None of the keys decrypts this: it was made under another key, or changed since."""


class Vault:
    """Encrypts and signs under the first of its keys; decrypts and verifies under any."""

    def __init__(self, keys: Iterable[str]) -> None:
        """Raise ValueError for a key that is none, for no keys and for more than `KEYS_MAX`; it never quotes a key."""
        self._keys = tuple(_key_bytes(key) for key in keys)
        if not 1 <= len(self._keys) <= KEYS_MAX:
            raise ValueError(f"must be 1 to {KEYS_MAX} keys, comma separated")
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in self._keys])

    def __repr__(self) -> str:
        return f"Vault({len(self._keys)} keys)"

    @staticmethod
    def generate_key() -> str:
        """A new random key."""
        return Fernet.generate_key().decode()

    def encrypt(self, text: str) -> str:
        """The text as a token that only this vault reads; another one each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """What `encrypt` was given. Raises UnreadableSecret."""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            raise UnreadableSecret("no key decrypts it") from None

    def sign(self, purpose: str, payload: bytes, *, size: int = 16) -> bytes:
        """The first `size` bytes (8 to 32) of the payload's HMAC-SHA-256 under the key of this purpose."""
        return _signature(self._keys[0], purpose, payload, size)

    def verifies(self, purpose: str, payload: bytes, signature: bytes) -> bool:
        """Whether one of our keys signed this payload for this purpose, in time that tells nothing about the keys."""
        size = len(signature)
        if not SIGNATURE_SIZE_MIN <= size <= SIGNATURE_SIZE_MAX:
            return False
        found = [hmac.compare_digest(_signature(key, purpose, payload, size), signature) for key in self._keys]
        return any(found)


def _key_bytes(key: str) -> bytes:
    try:
        found = base64.b64decode(key.replace("-", "+").replace("_", "/"), validate=True)
    except ValueError:
        found = b""
    if len(found) != KEY_BYTES:
        raise ValueError(f"must be {KEY_BYTES} random bytes in base64, as `openssl rand -base64 {KEY_BYTES}` prints")
    return found


def _signature(key: bytes, purpose: str, payload: bytes, size: int) -> bytes:
    if not SIGNATURE_SIZE_MIN <= size <= SIGNATURE_SIZE_MAX:
        raise ValueError(f"a signature has {SIGNATURE_SIZE_MIN} to {SIGNATURE_SIZE_MAX} bytes")
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"berth.sign:{purpose}".encode()).derive(key)
    return hmac.digest(derived, payload, "sha256")[:size]
