"""Check-in codes: ours are read, and nothing else is."""

import base64
import re
import secrets
import string
from collections.abc import Iterator

import pytest
from beanie import PydanticObjectId
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import bookings
from domain.bookings import Booking
from domain.kernel import Vault
from tests.vault import VAULT

ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
"""In the order of their values."""
FORGERIES_MIN = 2_000


def a_booking() -> Booking:
    """A booking of which only the id matters."""
    return Booking.model_construct(id=PydanticObjectId())


class Gullible(Vault):
    """Takes any signature: the negative control."""

    def verifies(self, purpose: str, payload: bytes, signature: bytes) -> bool:
        """Always."""
        return True


def is_accepted(text: str, vault: Vault = VAULT) -> bool:
    """Whether the text is read as a code."""
    try:
        bookings.read_ticket(text, vault)
    except bookings.InvalidTicket:
        return False
    return True


def written(content: bytes) -> str:
    """The bytes as codes are written."""
    return "ci-" + base64.urlsafe_b64encode(content).decode().rstrip("=")


def content_of(code: str) -> bytes:
    """The bytes of a code."""
    return base64.urlsafe_b64decode(code.removeprefix("ci-") + "==")


def test_a_ticket_fits_a_deep_link_and_names_its_booking() -> None:
    booking = a_booking()

    code = bookings.ticket(booking, VAULT)

    assert re.fullmatch(r"ci-[A-Za-z0-9_-]{1,61}", code)
    assert bookings.read_ticket(code, VAULT) == booking.id
    assert bookings.ticket(booking, VAULT) == code, "shown again it is the same"


def test_a_ticket_outlives_a_rotation_of_keys_until_the_old_key_is_taken_away() -> None:
    old, new = Vault.generate_key(), Vault.generate_key()
    booking = a_booking()

    code = bookings.ticket(booking, Vault([old]))

    assert bookings.read_ticket(code, Vault([new, old])) == booking.id
    assert not is_accepted(code, Vault([new]))


def test_each_bit_of_a_ticket_counts() -> None:
    content = content_of(bookings.ticket(a_booking(), VAULT))

    flipped = [
        written(bytes([*content[:at], content[at] ^ (1 << bit), *content[at + 1 :]]))
        for at in range(len(content))
        for bit in range(8)
    ]

    assert len(flipped) == 28 * 8
    assert [code for code in flipped if is_accepted(code)] == []


def test_a_ticket_has_one_spelling() -> None:
    code = bookings.ticket(a_booking(), VAULT)
    last = ALPHABET.index(code[-1])
    same_bytes = [code[:-1] + ALPHABET[last | trailing] for trailing in range(1, 16)]

    assert {content_of(other) for other in same_bytes} == {content_of(code)}
    spelled_otherwise = [
        *same_bytes, f"{code}=", f"{code}==", f"{code}\n", f" {code}", f"{code[:9]}.{code[9:]}", code[3:], code.upper(),
        code.swapcase(), f"CI-{code[3:]}", f"ci-{code}", code.replace("ci-", "ci_"), code.translate({45: 43, 95: 47}),
    ]  # fmt: skip
    assert [other for other in spelled_otherwise if other != code and is_accepted(other)] == []


def forgeries(code: str) -> Iterator[str]:
    """What somebody might try who has one valid code, and what comes of copying it badly."""
    content = content_of(code)
    for at, letter in enumerate(code):
        yield from (f"{code[:at]}{other}{code[at + 1 :]}" for other in ALPHABET if other != letter)
        yield code[:at]
        yield code[at + 1 :]
        yield code[:at] + code[at + 1 :]
        yield code[:at] + letter + code[at:]
        if letter.swapcase() != letter:
            yield code[:at] + letter.swapcase() + code[at + 1 :]
    for _ in range(500):
        yield written(PydanticObjectId().binary + content[12:])
        yield written(content[:12] + secrets.token_bytes(16))
        yield written(secrets.token_bytes(28))
    counted = int.from_bytes(content[:12], "big")
    for step in range(1, 250):
        for neighbour in (counted - step, counted + step):
            yield written((neighbour % (1 << 96)).to_bytes(12, "big") + content[12:])
    for size in range(17):  # a shorter signature is easier to guess
        yield written(content[:12] + content[12 : 12 + size]) if size < 16 else written(content + b"\0")
    yield written(content[:12] + VAULT.sign("access", content[:12], size=16))
    for _ in range(50):
        yield written(content[:12] + Vault([Vault.generate_key()]).sign("check-in", content[:12], size=16))


def test_of_thousands_of_forgeries_none_is_accepted() -> None:
    code = bookings.ticket(a_booking(), VAULT)
    tried = list(forgeries(code))

    accepted = [forged for forged in tried if is_accepted(forged)]

    assert len(tried) >= FORGERIES_MIN
    assert accepted == []
    assert is_accepted(code), "the same question is answered yes for the code itself"
    assert len([forged for forged in tried if is_accepted(forged, Gullible([Vault.generate_key()]))]) > 1000


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(max_size=80),
        st.text(alphabet=ALPHABET, max_size=64),
        st.text(alphabet=ALPHABET, min_size=38, max_size=38).map("ci-{}".format),
        st.binary(min_size=28, max_size=28).map(written),
    )
)
def test_random_text_is_no_ticket(text: str) -> None:
    with pytest.raises(bookings.InvalidTicket):
        bookings.read_ticket(text, VAULT)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_ticket_copied_badly_is_no_ticket(data: st.DataObject) -> None:
    code = bookings.ticket(a_booking(), VAULT)
    letters = list(code)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(letters) - 1))
        match data.draw(st.sampled_from(["replaced", "dropped", "doubled", "swapped"])):
            case "replaced":
                letters[at] = data.draw(st.characters())
            case "dropped":
                del letters[at]
            case "doubled":
                letters.insert(at, letters[at])
            case _:
                letters[at], letters[at - 1] = letters[at - 1], letters[at]
    copied = "".join(letters)

    assert is_accepted(copied) == (copied == code)
