"""My vehicles: added by a short dialogue, changed, removed; on the way to a booking too."""

from domain import people, vehicles
from domain.kernel import Transactor
from tests.bot.parking import a_slot, a_vehicle
from tests.bot.stage import BotStage
from tests.bot.test_booking import grant
from tests.bot.test_kinds import choose_tomorrow_at_ten
from tests.people import Person, words_of


async def vehicles_of(person: Person) -> list[vehicles.Vehicle]:
    member = await people.by_telegram_id(person.id)
    assert member is not None
    return await vehicles.mine(member_id=member.id, limit=10)


async def open_vehicles(person: Person) -> None:
    """By the settings."""
    await person.says("/settings")
    await person.taps("My vehicles")


async def test_a_vehicle_is_added_changed_and_removed(stage: BotStage, transact: Transactor) -> None:
    await a_slot(transact)
    asha = await stage.person()
    await open_vehicles(asha)
    await asha.sees("My vehicles", "You have none yet.")

    await asha.taps("Add a vehicle")
    await asha.says("wb 02-ab 1234")
    await asha.sees("What is WB02AB1234?")
    await asha.taps("motorcycle")
    await asha.says("Royal Enfield, Classic, black")
    await asha.sees("WB02AB1234 is among your vehicles now.", "WB02AB1234 · Royal Enfield Classic, black · motorcycle")

    await asha.taps("WB02AB1234")
    await asha.sees("Type: motorcycle", "Make: Royal Enfield", "Model: Classic", "Colour: black")
    await asha.taps("Make, model, colour")
    await asha.says("Honda CB350")
    await asha.sees("The vehicle is changed.", "Make: Honda", "Model: CB350")
    await asha.taps("Change the plate")
    await asha.says("WB 20 Z 9")
    await asha.sees("The vehicle is changed.", "WB20Z9")
    await asha.taps("Remove")
    await asha.sees("Remove WB20Z9 from your vehicles?", "Bookings made for it stay as they are.")
    await asha.taps("Remove WB20Z9")

    await asha.sees("WB20Z9 is removed.", "You have none yet.")
    assert await vehicles_of(asha) == []


async def test_make_model_and_colour_may_be_skipped(stage: BotStage, transact: Transactor) -> None:
    await a_slot(transact)
    asha = await stage.person()
    await open_vehicles(asha)
    await asha.taps("Add a vehicle")
    await asha.says("WB 1")
    await asha.taps("car")

    await asha.taps("Skip")

    await asha.sees("WB1 is among your vehicles now.")
    (one,) = await vehicles_of(asha)
    assert (one.plate, one.type, one.make) == ("WB1", "car", "")


async def test_what_is_no_plate_is_asked_again(stage: BotStage, transact: Transactor) -> None:
    await a_slot(transact)
    asha = await stage.person()
    await open_vehicles(asha)
    await asha.taps("Add a vehicle")

    await asha.says("?")

    await asha.sees("A plate has 2 to 15 letters and digits. Please check it.", "Write the number plate.")
    await asha.says("WB 1")
    await asha.sees("What is WB1?")


async def test_a_plate_of_somebody_else_is_written_again_and_the_rest_kept(
    stage: BotStage, transact: Transactor
) -> None:
    await a_slot(transact)
    asha, ravi = await stage.person(), await stage.person(first_name="Ravi")
    await a_vehicle(transact, await grant(transact, ravi, 1, stage))
    await open_vehicles(asha)
    await asha.taps("Add a vehicle")
    await asha.says("WB02AB1234")
    await asha.taps("van")
    await asha.says("Force, Traveller, white")

    asked = await asha.sees("A vehicle with this plate is registered already.", "Write the number plate.")
    assert "Ravi" not in words_of(asked)
    await asha.says("WB02AB1235")

    await asha.sees("WB02AB1235 · Force Traveller, white · van")


async def test_ten_vehicles_are_the_most(stage: BotStage, transact: Transactor) -> None:
    await a_slot(transact)
    asha = await stage.person()
    member = await grant(transact, asha, 1, stage)
    for number in range(vehicles.VEHICLES_MAX - 1):
        await a_vehicle(transact, member, plate=f"WB {number}")
    await open_vehicles(asha)
    await asha.taps("Add a vehicle")
    await asha.says("WB 99")
    await asha.taps("car")
    await a_vehicle(transact, member, plate="WB 50")

    await asha.taps("Skip")

    full = await asha.sees("You have 10 vehicles, the most there can be.", "WB50")
    assert "Add a vehicle" not in words_of(full)


async def test_on_the_way_to_a_booking_a_vehicle_is_added_and_booked_for(stage: BotStage, transact: Transactor) -> None:
    await a_slot(transact)
    asha = await stage.person()
    member = await grant(transact, asha, 10, stage)
    await a_vehicle(transact, member, plate="WB 77", type="motorcycle")
    await asha.says("/book")
    await asha.taps("For: any")
    await asha.sees("For which vehicle?", "[car]")
    await asha.taps("car")
    await choose_tomorrow_at_ten(asha, "P1-01", tokens=4)
    await asha.sees("Which vehicle will you park?", "P1-01 · for cars", "You have none that fits.")

    await asha.taps("Add a vehicle")
    await asha.says("WB 02 AB 1234")
    await asha.says("Tata, Nexon, blue")
    await asha.sees("WB02AB1234 is among your vehicles now.", "P1-01 · WB02AB1234", "[Confirm – 4 tokens]")
    await asha.taps("Confirm – 4 tokens")

    await asha.sees("Booked: P1-01", "WB02AB1234 · Tata Nexon, blue")


async def test_going_back_from_the_form_is_the_summary_again(stage: BotStage, transact: Transactor) -> None:
    await a_slot(transact)
    asha = await stage.person()
    await a_vehicle(transact, await grant(transact, asha, 10, stage))
    await asha.says("/book")
    await choose_tomorrow_at_ten(asha, "P1-01", tokens=4)

    await asha.taps("Add a vehicle")
    await asha.sees("Write the number plate.")
    await asha.taps("Back")
    await asha.sees("P1-01 · WB02AB1234", "[Confirm – 4 tokens]")
    await asha.says("WB 5")

    await asha.sees("I did not understand that.")
    assert len(await vehicles_of(asha)) == 1


async def test_a_button_of_a_closed_form_leads_to_the_list(stage: BotStage, transact: Transactor) -> None:
    await a_slot(transact)
    asha = await stage.person()
    await open_vehicles(asha)
    await asha.taps("Add a vehicle")
    await asha.says("WB 5")
    form = await asha.sees("What is WB5?")
    await asha.says("/menu")

    await asha.taps("car", on=form["message_id"])

    await asha.sees("That form is closed. Here are your vehicles.", "You have none yet.")


async def test_vehicles_are_not_spoken_of_where_nothing_is_parked(stage: BotStage, rack: object) -> None:
    asha = await stage.person()

    await asha.says("/settings")

    assert "My vehicles" not in words_of(await asha.sees("Settings"))
