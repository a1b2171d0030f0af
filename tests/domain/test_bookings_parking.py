"""Parking slots, seats, and who owes: what booking must check besides the time."""

import asyncio
from typing import Any

import pytest
from beanie import PydanticObjectId

from domain import bookings, people, resources, vehicles, wallets
from domain.bookings import Booking, Quote, Status
from domain.invariants import violations
from domain.kernel import Transactor
from domain.notifications import Kind
from domain.people import Actor
from domain.resources import Options
from domain.vehicles import Vehicle
from tests.building import LONG_AGO, a_venue
from tests.domain.booking_stage import HOUR, NOW, START, BookingStage, a_stage, told
from tests.domain.consequences import a_payment, money_lands, notices_of

pytestmark = pytest.mark.usefixtures("database")


async def a_place(transact: Transactor, kind: str, **fields: Any) -> BookingStage:
    """A stage on a parking slot or a seat."""
    venue = await a_venue(transact)
    code = f"{kind[:4]}-{str(PydanticObjectId())[-8:]}".upper()
    resource = await transact(
        resources.add_resource, code=code, name="Place", venue_id=venue.id, kind=kind, actor=people.SYSTEM,
        now=LONG_AGO, **fields,
    )  # fmt: skip
    return BookingStage(transact=transact, rack=resource)


@pytest.fixture
async def slot(transact: Transactor) -> BookingStage:
    return await a_place(transact, "parking_slot", parking_slot={"vehicle_type": "car"})


async def a_vehicle(transact: Transactor, actor: Actor, *, type: str = "car") -> Vehicle:  # noqa: A002
    plate = f"P{str(PydanticObjectId())[-10:]}"
    return await transact(vehicles.add, plate=plate, type=type, actor=actor, now=NOW)


def bringing(vehicle: Vehicle) -> Options:
    return Options(vehicle_id=vehicle.id)


async def quoted(stage: BookingStage, actor: Actor, options: Options) -> Quote:
    return await bookings.quote(
        resource_id=stage.rack.id, starts_at=START, ends_at=START + HOUR, options=options, actor=actor, now=NOW
    )


# parking


@pytest.mark.twice
async def test_a_parking_slot_is_booked_for_a_vehicle_of_ones_own(transact: Transactor, slot: BookingStage) -> None:
    asha = await slot.member()
    car = await a_vehicle(transact, asha)

    booking = await slot.book(asha, options=bringing(car))

    assert booking.options.vehicle_id == car.id
    assert (await quoted(slot, asha, bringing(car))).price.total_tokens == booking.cost_tokens


@pytest.mark.parametrize("whose", ["nobody's", "another's", "a removed one", "one that does not fit"])
async def test_no_other_vehicle_will_do(transact: Transactor, slot: BookingStage, whose: str) -> None:
    asha, ravi = await slot.member(), await slot.member()
    options = Options()
    if whose == "another's":
        options = bringing(await a_vehicle(transact, ravi))
    elif whose == "a removed one":
        car = await a_vehicle(transact, asha)
        await transact(vehicles.remove, vehicle_id=car.id, actor=asha, now=NOW)
        options = bringing(car)
    elif whose == "one that does not fit":
        options = bringing(await a_vehicle(transact, asha, type="truck"))

    for refused_by in (slot.book, slot.hold):
        with pytest.raises(bookings.VehicleRequired) as refused:
            await refused_by(asha, options=options)
        assert refused.value.facts == {"vehicle_type": "car"}
    with pytest.raises(bookings.VehicleRequired):
        await quoted(slot, asha, options)

    assert await slot.balance(asha) == 100
    await slot.book(asha, options=bringing(await a_vehicle(transact, asha)))


async def test_a_slot_for_motorcycles_takes_a_motorcycle(transact: Transactor) -> None:
    stage = await a_place(transact, "parking_slot", parking_slot={"vehicle_type": "motorcycle"})
    asha = await stage.member()

    with pytest.raises(bookings.VehicleRequired) as refused:
        await stage.book(asha, options=bringing(await a_vehicle(transact, asha)))

    assert refused.value.facts == {"vehicle_type": "motorcycle"}
    await stage.book(asha, options=bringing(await a_vehicle(transact, asha, type="motorcycle")))


async def test_a_hold_for_a_parking_slot_keeps_its_vehicle(transact: Transactor, slot: BookingStage) -> None:
    asha = await slot.member()
    car = await a_vehicle(transact, asha)

    held = await slot.hold(asha, options=bringing(car))
    booking = await transact(bookings.confirm, booking_id=held.id, actor=asha, now=NOW)

    assert (booking.status, booking.options.vehicle_id) == (Status.CONFIRMED, car.id)


@pytest.mark.twice
async def test_asking_again_returns_the_booking_though_the_vehicle_is_gone(
    transact: Transactor, slot: BookingStage
) -> None:
    asha = await slot.member()
    car = await a_vehicle(transact, asha)
    booking = await slot.book(asha, options=bringing(car), key="once")
    await transact(vehicles.remove, vehicle_id=car.id, actor=asha, now=NOW)

    again = await slot.book(asha, options=bringing(car), key="once")

    assert again.id == booking.id
    assert (await vehicles.get(vehicle_id=car.id, actor=asha)).plate == car.plate


# options of other kinds


@pytest.mark.parametrize("kind", ["rack", "seat"])
async def test_only_parking_slots_take_a_vehicle(transact: Transactor, kind: str) -> None:
    stage = await (a_stage(transact) if kind == "rack" else a_place(transact, kind))
    asha = await stage.member()
    options = bringing(await a_vehicle(transact, asha))

    with pytest.raises(resources.UnknownOption) as refused:
        await stage.book(asha, options=options)
    with pytest.raises(resources.UnknownOption):
        await quoted(stage, asha, options)

    assert refused.value.facts == {"option": "vehicle_id"}
    await stage.book(asha)


@pytest.mark.parametrize("kind", ["seat", "parking_slot"])
@pytest.mark.parametrize("chosen", [{"aci_version": "6.0(5h)"}, {"preconfig": ["multi-site"]}])
async def test_what_racks_offer_is_refused_elsewhere(transact: Transactor, kind: str, chosen: dict[str, Any]) -> None:
    stage = await a_place(transact, kind)
    asha = await stage.member()
    car = await a_vehicle(transact, asha) if kind == "parking_slot" else None
    plain = {"vehicle_id": car.id if car else None}

    with pytest.raises(resources.UnknownOption):
        await stage.book(asha, options=Options(**plain, **chosen))
    with pytest.raises(resources.UnknownOption):
        await quoted(stage, asha, Options(**plain, **chosen))

    await stage.book(asha, options=Options(**plain))


# who owes


async def charged(transact: Transactor, actor: Actor, tokens: int) -> None:
    assert actor.member_id is not None
    await transact(
        wallets.charge, member_id=actor.member_id, tokens=tokens, purpose="fine", key=f"fine:{PydanticObjectId()}",
        booking_id=None, now=NOW,
    )  # fmt: skip


@pytest.mark.twice
async def test_who_owes_neither_books_nor_holds_until_tokens_come(transact: Transactor) -> None:
    stage = await a_stage(transact)
    asha = await stage.member(tokens=5)
    await charged(transact, asha, 8)

    for refused_by in (stage.book, stage.hold):
        with pytest.raises(wallets.DebtOutstanding) as refused:
            await refused_by(asha)
        assert refused.value.facts == {"owed_tokens": 3, "balance_tokens": 0}

    await stage.give(asha, 10)
    await stage.book(asha)
    assert await stage.balance(asha) == 10 - 3 - 2


async def test_what_costs_nothing_is_refused_to_who_owes_as_well(transact: Transactor) -> None:
    stage = await a_stage(transact, price_tokens_per_slot=0)
    asha = await stage.member(tokens=0)
    first = await stage.book(asha, key="once")
    await charged(transact, asha, 1)

    with pytest.raises(wallets.DebtOutstanding):
        await stage.book(asha, START + 3 * HOUR)

    assert (await stage.book(asha, key="once")).id == first.id


async def test_a_free_hold_is_not_confirmed_for_who_owes_by_then(transact: Transactor) -> None:
    stage = await a_stage(transact, price_tokens_per_slot=0)
    asha = await stage.member(tokens=0)
    held = await stage.hold(asha)
    await charged(transact, asha, 1)

    with pytest.raises(wallets.DebtOutstanding):
        await transact(bookings.confirm, booking_id=held.id, actor=asha, now=NOW)

    await stage.give(asha, 1)
    booking = await transact(bookings.confirm, booking_id=held.id, actor=asha, now=NOW)
    assert booking.status is Status.CONFIRMED


async def test_a_series_is_refused_to_who_owes_for_what_they_owe(transact: Transactor) -> None:
    stage = await a_stage(transact)
    asha = await stage.member(tokens=0)
    await charged(transact, asha, 1)
    weekly = {
        "resource_id": stage.rack.id, "starts_at": START, "ends_at": START + HOUR, "options": Options(), "weeks": 2,
        "expected_cost_tokens": None, "key": "weekly", "actor": asha, "now": NOW,
    }  # fmt: skip

    with pytest.raises(wallets.DebtOutstanding):
        await transact(bookings.book_series, **weekly)

    await stage.give(asha, 10)
    assert len(await transact(bookings.book_series, **weekly)) == 2


async def test_a_debt_made_during_a_hold_is_paid_before_the_hold(transact: Transactor) -> None:
    stage = await a_stage(transact)
    asha = await stage.member(tokens=0)
    held = await stage.hold(asha)
    await charged(transact, asha, 5)
    with pytest.raises(wallets.DebtOutstanding):
        await transact(bookings.confirm, booking_id=held.id, actor=asha, now=NOW)

    await money_lands(transact, await a_payment(transact, asha, now=NOW, tokens=4, hold=held.id), now=NOW)

    (short,) = await told("booking.hold_still_short")
    assert (short["needed_tokens"], short["missing_tokens"]) == (2, 3)
    (receipt,) = [notice for notice in await notices_of(asha) if notice.kind == Kind.PAYMENT_RECEIVED]
    assert (receipt.facts["balance_tokens"], receipt.facts["missing_tokens"]) == (0, 3)
    (bought,) = await told("pack.bought")
    assert bought["balance_tokens"] == 0
    await money_lands(transact, await a_payment(transact, asha, now=NOW, tokens=3, hold=held.id), now=NOW)
    row = await Booking.get_pymongo_collection().find_one({"_id": held.id})
    assert row is not None
    assert row["status"] == Status.CONFIRMED
    assert await stage.balance(asha) == 0


async def test_a_charge_beside_bookings_never_goes_below_nothing(transact: Transactor) -> None:
    stage = await a_stage(transact)
    asha = await stage.member(tokens=6)

    outcomes = await asyncio.gather(
        charged(transact, asha, 5),
        *(stage.book(asha, START + 3 * number * HOUR) for number in range(4)),
        return_exceptions=True,
    )

    booked = [one for one in outcomes if isinstance(one, Booking)]
    refusals = {type(one) for one in outcomes if isinstance(one, BaseException)}
    assert refusals <= {wallets.DebtOutstanding, wallets.InsufficientBalance}
    assert asha.member_id is not None
    wallet = await wallets.of(asha.member_id)
    assert wallet.token - wallet.owed_tokens == 6 - 5 - 2 * len(booked)
    assert await violations(limit=5) == []


# the invariant sees what it is there to see


@pytest.mark.breaks_invariants
@pytest.mark.parametrize("change", [{"overtime_tokens": 9}, {"penalty_tokens": 1}])
async def test_overtime_that_was_never_charged_is_found(transact: Transactor, change: dict[str, int]) -> None:
    stage = await a_stage(transact)
    asha = await stage.member(tokens=10)
    booking = await stage.book(asha)
    await transact(
        wallets.charge, member_id=booking.member_id, tokens=12, purpose="penalty", key="c", booking_id=booking.id,
        now=NOW,
    )  # fmt: skip
    fields = {"overtime_tokens": 10, "penalty_tokens": 2}
    await Booking.get_pymongo_collection().update_one({"_id": booking.id}, {"$set": fields})
    assert await violations(limit=5) == []

    await Booking.get_pymongo_collection().update_one({"_id": booking.id}, {"$set": change})

    assert [one.name for one in await violations(limit=5)] == ["overtime_is_charged"]
