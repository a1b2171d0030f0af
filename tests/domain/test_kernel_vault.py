"""What the vault keeps, only it reads; what it signed, only it made."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel import UnreadableSecret, Vault

OLD, NEW = Vault.generate_key(), Vault.generate_key()


def test_what_was_encrypted_is_read_again_and_looks_different_each_time() -> None:
    vault = Vault([NEW])

    tokens = {vault.encrypt("s3cret"), vault.encrypt("s3cret")}

    assert len(tokens) == 2
    assert {vault.decrypt(token) for token in tokens} == {"s3cret"}
    assert not any("s3cret" in token for token in tokens)


def test_a_key_is_rotated_by_putting_the_new_one_in_front() -> None:
    before, during, after = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])

    old, new = before.encrypt("s3cret"), during.encrypt("s3cret")
    old_signature, new_signature = before.sign("ticket", b"7"), during.sign("ticket", b"7")

    assert during.decrypt(old) == during.decrypt(new) == after.decrypt(new) == "s3cret"
    assert during.verifies("ticket", b"7", old_signature)
    assert during.verifies("ticket", b"7", new_signature)
    assert after.verifies("ticket", b"7", new_signature)
    with pytest.raises(UnreadableSecret):
        after.decrypt(old)
    assert not after.verifies("ticket", b"7", old_signature)


@pytest.mark.parametrize("token", ["", "nonsense", "gAAAAA", "ä"])
def test_what_is_no_token_of_ours_is_unreadable(token: str) -> None:
    with pytest.raises(UnreadableSecret):
        Vault([NEW]).decrypt(token)


def test_a_changed_token_is_unreadable() -> None:
    vault = Vault([NEW])
    token = bytearray(base64.urlsafe_b64decode(vault.encrypt("s3cret")))
    token[20] ^= 1

    with pytest.raises(UnreadableSecret):
        vault.decrypt(base64.urlsafe_b64encode(token).decode())


def test_a_signature_is_for_one_purpose_and_one_payload() -> None:
    vault = Vault([NEW])
    signature = vault.sign("ticket", b"7", size=12)

    assert len(signature) == 12
    assert vault.verifies("ticket", b"7", signature)
    assert not vault.verifies("ticket", b"8", signature)
    assert not vault.verifies("other", b"7", signature)
    assert not vault.verifies("ticket", b"7", signature[:-1] + bytes([signature[-1] ^ 1]))


@given(payload=st.binary(max_size=40), guess=st.binary(max_size=40))
def test_no_guess_is_a_signature(payload: bytes, guess: bytes) -> None:
    assert not Vault([NEW]).verifies("ticket", payload, guess)


def test_a_signature_is_not_accepted_by_its_beginning() -> None:
    vault = Vault([NEW])
    signature = vault.sign("ticket", b"7")

    for size in range(8):
        assert not vault.verifies("ticket", b"7", signature[:size])
    with pytest.raises(ValueError, match="8 to 32 bytes"):
        vault.sign("ticket", b"7", size=4)


@pytest.mark.parametrize("keys", [[], ["short"], [NEW, ""], [NEW, "ä" * 44], [NEW] * 11])
def test_keys_that_are_none_are_refused_without_being_quoted(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="must be") as refused:
        Vault(keys)

    assert NEW not in str(refused.value)
    assert NEW not in repr(Vault([NEW]))


def test_a_key_may_be_written_in_either_alphabet() -> None:
    plain = NEW.replace("-", "+").replace("_", "/")

    assert Vault([plain]).decrypt(Vault([NEW]).encrypt("s3cret")) == "s3cret"
