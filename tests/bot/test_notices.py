"""What is said unasked: every kind in every language, within Telegram's limits, on every clock, with its buttons."""

from datetime import timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId

from bot.views import buttons, notices
from bot.views.admin import buttons as office
from bot.views.screen import Screen
from domain.notifications import Kind
from sandbox.telegram.formatting import format_text
from tests.bot.reading import NOW, a_reader

TEXT_MAX = 4096
START = NOW + timedelta(minutes=25)
BOOKING = {
    "id": PydanticObjectId(), "code": "B-7F3K9T", "resource_id": PydanticObjectId(), "resource_kind": "rack",
    "resource_code": "RACK-01", "resource_name": "Two spines", "venue_name": "Lab <1>", "venue_address": "Street & 1",
    "timezone": "Asia/Kolkata", "starts_at": START, "ends_at": START + timedelta(hours=1), "cost_tokens": 4,
    "needs_check_in": True, "has_overtime": True, "prepare_at": START - timedelta(minutes=10), "moves": 0,
}  # fmt: skip
FACTS: dict[str, Any] = {
    "booking": BOOKING, "balance_tokens": 5, "refund_tokens": 4, "reason": "a <pipe> burst", "because": "maintenance",
    "is_first": True, "is_series": True, "minutes_before": 30,
    "previous_starts_at": NOW, "previous_ends_at": NOW + timedelta(hours=1), "previous_code": "RACK-02",
    "paid_tokens": 6, "returned_tokens": 3,
    "extensions": [{"slots": 1, "cost_tokens": 1, "ends_at": START + timedelta(hours=1, minutes=30)},
                   {"slots": 2, "cost_tokens": 3, "ends_at": START + timedelta(hours=2)}],
    "price_tokens_per_hour": 3, "penalty_tokens_per_hour": 10,
    "checked_out_at": START + timedelta(hours=2, minutes=10), "overtime_minutes": 70, "overtime_tokens": 3,
    "penalty_tokens": 20, "owed_tokens": 17,
    "entry_id": PydanticObjectId(), "hold_expires_at": NOW + timedelta(minutes=10),
    "resource_code": None, "resource_kind": "rack", "aci_version": "6.0<5h>", "venue_name": "Lab <1>",
    "timezone": "Asia/Kolkata", "starts_at": NOW - timedelta(hours=2), "ends_at": NOW,
    "payment_id": PydanticObjectId(), "reference": "P-1", "package_name": "Starter", "tokens": 50,
    "amount_minor": 99900, "currency": "INR", "booking_state": "confirmed", "missing_tokens": 3,
    "pay_url": "https://pay.example/x", "gateway_payment_id": "pay_1", "member_name": "Asha <b>",
    "threshold_tokens": 6, "expires_at": NOW + timedelta(days=3), "until_at": NOW + timedelta(days=7),
    "role": "staff", "previous_role": "member",
    "total": 2, "violations": [{"name": "balance", "detail": "one <two>"}],
    "subject_id": PydanticObjectId(), "what": "resource", "code": "RACK-01", "name": "Two & more",
    "status": "maintenance", "by": "Ravi <i>", "coming": 2,
    "step": "power_on", "script": "power.sh", "failures": 5, "exit_code": 1, "output": "<no route> & gone",
    "is_preparation": True,
}  # fmt: skip
TOLD = tuple(kind for kind in Kind if kind is not Kind.ACCESS_SHOWN)
"""What the bot has shown by itself is only noted."""
WITHOUT_A_MOMENT = {
    Kind.ACCESS_WITHDRAWN,
    Kind.PAYMENT_FAILED, Kind.TOKENS_ADJUSTED, Kind.TOKENS_LOW, Kind.TOKENS_EXPIRING, Kind.DEBT_SETTLED,
    Kind.DEBT_FORGIVEN, Kind.ROLE_CHANGED, Kind.ACCOUNT_DISABLED, Kind.ACCOUNT_ENABLED, Kind.PAYMENT_QUARANTINED,
    Kind.INVARIANT_VIOLATED, Kind.RESOURCE_OFF,
}  # fmt: skip
MARKUP = ("<pipe>", "<1>", "<5h>", "<two>", "<no route>", "<i>", "Asha <b>")


def said(screen: Screen) -> str:
    """The text as Telegram takes it and the person reads it."""
    text, _ = format_text(screen.text, parse_mode="HTML", entities=None, find_person=lambda _: None)
    return text


def labels(screen: Screen) -> list[str]:
    return [each.text for row in screen.keyboard.inline_keyboard for each in row] if screen.keyboard else []


def actions(screen: Screen) -> set[str]:
    """The prefixes of the buttons' actions."""
    rows = screen.keyboard.inline_keyboard if screen.keyboard else []
    return {(each.callback_data or "url").partition(":")[0] for row in rows for each in row}


@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_kind_of_notice_has_words(kind: Kind, language: str) -> None:
    screen = notices.render(kind, FACTS, a_reader(language=language))

    first, *_ = screen.text.splitlines()
    assert first.startswith("<b>")
    assert first.endswith("</b>")
    assert "{" not in screen.text
    assert not any(markup in screen.text for markup in MARKUP)
    assert said(screen)


def test_there_are_no_words_for_what_is_never_told() -> None:
    assert set(notices.KINDS) == {kind.value for kind in TOLD}


@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_longest_names_and_outputs_fit(kind: Kind, language: str) -> None:
    longest = {**BOOKING, "resource_code": "R" * 24, "venue_name": "&" * 64, "venue_address": "&" * 500}
    facts = {
        **FACTS, "booking": longest, "reason": "&" * 500, "output": "&\n" * 4000, "name": "&" * 64,
        "package_name": "&" * 200, "member_name": "&" * 128, "by": "&" * 128, "previous_code": "R" * 24,
        "violations": [{"name": "n" * 64, "detail": "&" * 1000}] * 5,
    }  # fmt: skip

    screen = notices.render(kind, facts, a_reader(language=language))

    assert len(said(screen)) <= TEXT_MAX
    assert all(len(label) <= 64 for label in labels(screen))


@pytest.mark.parametrize("kind", sorted(set(TOLD) - WITHOUT_A_MOMENT))
def test_a_moment_is_on_the_readers_own_clock_too_where_that_differs(kind: Kind) -> None:
    at_home = notices.render(kind, FACTS, a_reader()).text
    abroad = notices.render(kind, FACTS, a_reader(timezone="Asia/Dubai")).text
    nobody_knows_where = notices.render(kind, FACTS, a_reader(timezone=None)).text

    assert "For you:" not in at_home
    assert "For you:" in abroad
    assert 'format="wDT"' in nobody_knows_where


@pytest.mark.parametrize("kind", [Kind.REMINDER_24H, Kind.REMINDER_30M, Kind.BOOKING_CONFIRMED, Kind.SESSION_PREPARING])
def test_how_long_it_still_is_stays_true_in_the_chat(kind: Kind) -> None:
    text = notices.render(kind, FACTS, a_reader()).text

    assert f'<tg-time unix="{int(START.timestamp())}" format="r">in 25 minutes</tg-time>' in text


def prefix(*kinds: type[buttons.CallbackData]) -> set[str]:
    return {kind.__prefix__ for kind in kinds}


BUTTONS = {
    Kind.BOOKING_CONFIRMED: prefix(buttons.Details, buttons.CalendarFile),
    Kind.AUTO_BOOKED: prefix(buttons.Details, buttons.CalendarFile),
    Kind.BOOKING_RESCHEDULED: prefix(buttons.Details, buttons.CalendarFile),
    Kind.BOOKING_MOVED: prefix(buttons.Details, buttons.CalendarFile),
    Kind.BOOKING_EXTENDED: prefix(buttons.Details, buttons.CalendarFile),
    Kind.BOOKING_CANCELLED: prefix(buttons.Racks),
    Kind.REMINDER_24H: prefix(buttons.ShowTicket, buttons.Details),
    Kind.REMINDER_30M: prefix(buttons.ShowTicket, buttons.Details),
    Kind.SESSION_PREPARING: prefix(buttons.Details),
    Kind.SESSION_READY: prefix(buttons.ShowAccess, buttons.Details),
    Kind.SESSION_LATE: prefix(buttons.OtherRack, buttons.RefundUnready),
    Kind.SESSION_STARTED: prefix(buttons.ShowAccess, buttons.CheckOut, buttons.Details),
    Kind.SESSION_ENDS_SOON: prefix(buttons.ExtendTo, buttons.CheckOut),
    Kind.SESSION_ENDED: prefix(buttons.Again),
    Kind.SESSION_OVERSTAYED: prefix(buttons.CheckOut),
    Kind.SESSION_MISSED: prefix(buttons.Again),
    Kind.OVERTIME_CHARGED: prefix(buttons.Packs, buttons.Details),
    Kind.OFFER_MADE: prefix(buttons.TakeOffer, buttons.PassOffer),
    Kind.OFFER_LAPSED: prefix(buttons.Racks),
    Kind.WAITLIST_UNSERVED: prefix(buttons.Racks),
    Kind.TOKENS_LOW: prefix(buttons.Packs),
    Kind.TOKENS_EXPIRING: prefix(buttons.Racks, buttons.Tokens),
    Kind.DEBT_SETTLED: prefix(buttons.Packs),
    Kind.DEBT_FORGIVEN: prefix(buttons.Packs),
    Kind.PREPARATION_FAILED: prefix(office.Booking),
    Kind.BOOKING_UNREADY: prefix(office.Booking),
    Kind.RESOURCE_OFF: set(),
}


@pytest.mark.parametrize("kind", BUTTONS)
def test_a_notice_leads_to_what_can_be_done_about_it(kind: Kind) -> None:
    assert actions(notices.render(kind, FACTS, a_reader())) == BUTTONS[kind]


def test_only_the_beginning_of_a_preparation_makes_no_sound() -> None:
    silent = {kind for kind in TOLD if notices.render(kind, FACTS, a_reader()).silent}

    assert silent == {Kind.SESSION_PREPARING}


def test_an_offer_says_what_until_when_and_for_how_much() -> None:
    screen = notices.render(Kind.OFFER_MADE, FACTS, a_reader())

    assert said(screen).splitlines() == [
        "A place is free: RACK-01, Fri 20 Nov 17:55–18:55 IST",
        "Starts in 25 minutes",
        "It is kept for you until 17:40 (in 10 minutes).",
        "4 tokens · balance 5",
    ]
    assert labels(screen) == ["Book now", "Pass"]


def test_the_price_of_staying_is_on_the_button_and_without_free_time_there_is_none() -> None:
    free = notices.render(Kind.SESSION_ENDS_SOON, FACTS, a_reader(now=START + timedelta(minutes=50)))
    taken = notices.render(Kind.SESSION_ENDS_SOON, {**FACTS, "extensions": []}, a_reader())

    assert "RACK-01 ends in 10 min, at 18:55." in said(free)
    assert labels(free) == ["Extend by 30 min – 1 token", "Extend by 1 h – 3 tokens", "Check out"]
    assert labels(taken) == ["Check out"]
    assert "It cannot be extended" in said(taken)


def test_a_reminder_says_what_to_bring_and_only_that() -> None:
    plain = {**BOOKING, "needs_check_in": False, "prepare_at": None}

    full = notices.render(Kind.REMINDER_30M, FACTS, a_reader())
    bare = notices.render(Kind.REMINDER_30M, {**FACTS, "booking": plain}, a_reader())

    assert "Bring the code to show at check-in, open from 17:25." in said(full)
    assert "access details arrive when it is ready" in said(full)
    assert "check-in" not in said(bare)
    assert "access" not in said(bare)
    assert labels(bare) == ["Details"]


@pytest.mark.parametrize(
    ("because", "apology"),
    [
        ("maintenance", "We are sorry: there is maintenance at that time."),
        ("not_ready", "We are sorry: the rack was not ready in time."),
        ("asked", "We are sorry. 4 tokens came back to your wallet."),
    ],
)
def test_a_cancellation_of_ours_says_why_and_sorry(because: str, apology: str) -> None:
    text = said(notices.render(Kind.BOOKING_CANCELLED, {**FACTS, "because": because, "is_first": False}, a_reader()))

    assert apology in text
    assert "4 tokens" in text
    assert "waitlist" not in text


def test_who_was_cancelled_for_maintenance_reads_that_they_are_first_in_line() -> None:
    text = said(notices.render(Kind.BOOKING_CANCELLED, FACTS, a_reader()))

    assert "You are first on the waitlist" in text


def test_overtime_is_a_receipt_of_what_was_paid_and_what_is_owed() -> None:
    owing = said(notices.render(Kind.OVERTIME_CHARGED, FACTS, a_reader()))
    paid = said(notices.render(Kind.OVERTIME_CHARGED, {**FACTS, "owed_tokens": 0, "paid_tokens": 23}, a_reader()))

    for line in ("Overtime at RACK-01: 23 tokens", "1 h 10 min after the end", "Overtime: 3", "Penalty: 20"):
        assert line in owing
    assert "Still owed: 17 tokens" in owing
    assert "Paid from your wallet: 23" in paid
    assert "owed" not in paid


def test_a_failed_script_is_shown_with_the_end_of_what_it_said() -> None:
    failed = notices.render(Kind.PREPARATION_FAILED, FACTS, a_reader())
    hung = notices.render(Kind.PREPARATION_FAILED, {**FACTS, "exit_code": None, "is_preparation": False}, a_reader())

    assert "RACK-01 could not be prepared: power on failed." in said(failed)
    assert "Script power.sh, exit code 1" in said(failed)
    assert "<no route> & gone" in said(failed)
    assert "RACK-01 could not be cleared: power on failed." in said(hung)
    assert "was stopped" in said(hung)


@pytest.mark.parametrize(
    ("state", "told"),
    [("confirmed", "Booked: RACK-01"), ("held", "3 tokens are still missing for it."), ("lapsed", "It came too late")],
)
def test_a_receipt_says_what_became_of_the_held_time(state: str, told: str) -> None:
    screen = notices.render("payment_received", {**FACTS, "booking_state": state}, a_reader())

    assert told in screen.text
    assert "₹999" in screen.text


def test_a_receipt_without_a_booking_is_just_a_receipt() -> None:
    facts = {**FACTS, "booking": None, "booking_state": None}

    assert "RACK-01" not in notices.render("payment_received", facts, a_reader()).text
