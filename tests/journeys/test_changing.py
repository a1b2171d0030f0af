"""Another time, longer, every week: what is shown before is what is charged, in chat and for programs."""

from datetime import timedelta

import pytest

from domain import people, resources
from domain.kernel import Transactor
from domain.resources import CancellationTerms
from tests.journeys.acting import HOUR, KOLKATA, MINUTE, Program, at, dawn, guest, guests, is_told, settled, told
from tests.journeys.conftest import balance_of, bookings_of, chooses_tomorrow_at_ten
from tests.people import text_of
from tests.stage import Stage

pytestmark = pytest.mark.twice


async def test_a_move_in_chat_costs_the_difference_that_was_shown_and_reminds_of_the_new_time_only(
    stage: Stage, rack: resources.Resource
) -> None:
    await dawn(stage)
    asha = await guest(stage, tokens=10)
    await chooses_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")
    (booking,) = await bookings_of(asha, stage)

    await asha.taps("Details")
    await asha.taps("Change the time")
    await asha.taps(f"✓ {booking.starts_at.astimezone(KOLKATA).day}")
    await asha.taps("14:00")
    await asha.taps("Other length")
    await asha.taps("2 h · 4 tokens")
    await asha.sees("Until now: RACK-01", "New price: 4 tokens", "Comes back of the 2 tokens paid: 2")
    await asha.sees("To pay: 2 tokens", "Balance after: 6 tokens")
    await asha.taps("Move – pay 2 tokens")
    await asha.sees("Moved: RACK-01", "14:00–16:00 IST", "balance 6")
    assert await balance_of(asha) == 6

    await stage.advance_to(booking.starts_at - 30 * MINUTE)
    await settled(stage)
    await stage.advance_to(booking.starts_at + 4 * HOUR - 30 * MINUTE)

    reminders = await is_told(stage, asha, "Reminder: RACK-01", times=2)  # a day before the new time, and now
    assert all("14:00–16:00 IST" in text_of(message) for message in reminders)
    assert await told(asha, "Your time has begun") == []


async def test_a_program_is_quoted_a_late_move_with_what_is_kept_and_an_old_quote_is_refused(
    stage: Stage, rack: resources.Resource, transact: Transactor
) -> None:
    await dawn(stage)
    terms = CancellationTerms(full_refund_hours=240, late_percent=50).model_dump()
    await transact(
        resources.edit_resource, resource_id=rack.id, changes={"terms": terms}, actor=people.SYSTEM, now=stage.clock()
    )
    asha = await guest(stage, tokens=10)
    program = await Program.of(stage, asha)
    ten = at(stage, 10)
    booking = await program.books(rack.id, ten)
    moved = {"starts_at": (ten + 4 * HOUR).isoformat(), "ends_at": (ten + 6 * HOUR).isoformat()}

    quote = await program.asks(f"/bookings/{booking['id']}/reschedule-quote", **moved)
    assert (quote["cost_tokens"], quote["returned_tokens"], quote["kept_tokens"]) == (4, 1, 1)
    assert (quote["difference_tokens"], quote["balance_tokens"]) == (3, 8)
    expected = {"expected_cost_tokens": quote["cost_tokens"], "expected_refund_tokens": quote["returned_tokens"]}
    refused = await program.tries(
        "POST", f"/bookings/{booking['id']}/reschedule", json={**moved, **expected, "expected_cost_tokens": 3}
    )
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "PRICE_CHANGED")
    assert await balance_of(asha) == 8

    await program.does(f"/bookings/{booking['id']}/reschedule", **moved, **expected)

    assert await balance_of(asha) == 8 - quote["difference_tokens"]
    await asha.sees("Moved: RACK-01", "14:00–16:00 IST", "balance 5")


async def test_a_series_is_booked_for_the_sum_that_was_quoted_or_not_at_all_and_called_off_at_once(
    stage: Stage, rack: resources.Resource
) -> None:
    await dawn(stage)
    asha, ravi = await guests(stage, "Asha", "Ravi", tokens=20)
    program, rival = await Program.of_each(stage, asha, ravi)
    ten = at(stage, 10)
    third = await rival.books(rack.id, ten + timedelta(weeks=2))
    weekly = {
        "resource_id": str(rack.id), "starts_at": ten.isoformat(), "ends_at": (ten + HOUR).isoformat(), "weeks": 3
    }  # fmt: skip

    quote = await program.asks("/bookings/series-quote", **weekly)
    assert [week["problem"] for week in quote["weeks"]] == [None, None, "SLOT_TAKEN"]
    clashing = await program.tries("POST", "/bookings/series", json=weekly)
    assert clashing.json()["error"]["code"] == "SERIES_CLASHES"
    assert await bookings_of(asha, stage) == []
    await rival.does(f"/bookings/{third['id']}/cancel")
    quote = await program.asks("/bookings/series-quote", **weekly)
    series = await program.does("/bookings/series", **weekly, expected_cost_tokens=quote["total_tokens"])

    assert quote["total_tokens"] == 6
    assert await balance_of(asha) == 14
    await asha.sees("Booked: RACK-01", "It is the first of a weekly series")
    await settled(stage)
    assert len(await told(asha, "Booked: RACK-01")) == 1
    await program.does(f"/series/{series['series_id']}/cancel")
    assert await balance_of(asha) == 20
