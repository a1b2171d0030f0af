"""What operators and people typed is shown as typed: it is never markup, and no screen breaks by it."""

from domain import packs, people, resources
from domain.kernel import Transactor
from tests.bot.stage import BotStage
from tests.bot.test_booking import choose_tomorrow_at_ten, grant
from tests.building import LONG_AGO, a_rack, a_venue

ODD = "R&D <b>lab &lt;"


async def test_markup_in_names_is_shown_as_typed_on_every_screen_of_a_booking(
    stage: BotStage, transact: Transactor
) -> None:
    venue = await a_venue(transact, code="SECTOR-V", name=ODD, address=ODD, city="<Kolkata>")
    option = resources.PreconfigOption(key="odd", label="<i>fabric</i> & more", extra_tokens=1)
    spec = resources.RackSpec(aci_versions=["6.0<5h>"], preconfig_options=[option])
    await a_rack(transact, venue=venue, code="RACK-01", name=ODD, description=ODD, rack=spec.model_dump())
    asha = await stage.person(first_name="<u>Asha</u>", last_name="& Co")
    await grant(transact, asha, 10, stage)

    await asha.says("/menu")
    await asha.sees("<u>Asha</u>")
    await asha.says("/start book_RACK-01")
    await asha.sees("Choose a day – RACK-01", ODD)
    await choose_tomorrow_at_ten(asha)
    await asha.sees("RACK-01 · ACI 6.0<5h>")
    await asha.taps("+ <i>fabric</i> & more (+1)")
    await asha.sees("Option <i>fabric</i> & more: 1")
    await asha.taps("Confirm – 3 tokens")
    await asha.sees("Booked: RACK-01", "<i>fabric</i> & more")
    await asha.taps("Details")
    await asha.sees(f"{ODD}, {ODD}, <Kolkata>", "<i>fabric</i> & more")
    await asha.taps("Add to calendar")
    await asha.sees("Open the file to put B-")


async def test_markup_in_a_pack_is_shown_as_typed(stage: BotStage, transact: Transactor) -> None:
    await transact(
        packs.add, name="<b>Big & bold", description=ODD, token=50, price={"INR": 99900}, duration=90,
        actor=people.SYSTEM, now=LONG_AGO,
    )  # fmt: skip
    asha = await stage.person()

    await asha.says("/packs")
    await asha.sees("<b>Big & bold", ODD)
    await asha.taps("<b>Big & bold – ₹999")

    await asha.sees("<b>Big & bold: 50 tokens for ₹999")
