"""/start, the two questions, deep links, settings."""

from domain import packs, people, resources
from domain.kernel import Transactor
from tests.bot.stage import BotStage
from tests.people import text_of


async def test_language_and_zone_are_asked_once_then_comes_the_menu(stage: BotStage, rack: resources.Resource) -> None:
    asha = await stage.person(is_known=False, language_code="hi")

    await asha.says("/start")
    await asha.sees("Which language shall we speak?", "हम किस भाषा में बात करें?")
    await asha.taps("हिन्दी")
    await asha.sees("आप कहाँ हैं?")
    await asha.taps("कोलकाता")
    await asha.sees("शेष: 0 टोकन", "[रैक बुक करें]", "[मेरी बुकिंग]", "[टोकन]", "[मदद]")

    await asha.says("/start")
    await asha.sees("शेष: 0 टोकन")
    member = await people.by_telegram_id(asha.id)
    assert member is not None
    assert (member.language, member.timezone) == ("hi", "Asia/Kolkata")
    assert len(await asha.screens()) == 2


async def test_somebody_who_just_says_hello_is_asked_too(stage: BotStage) -> None:
    asha = await stage.person(is_known=False)

    await asha.says("hello")

    await asha.sees("Which language shall we speak?")


async def test_a_deep_link_survives_the_questions(stage: BotStage, rack: resources.Resource) -> None:
    asha = await stage.person(is_known=False)

    await asha.says("/start book_RACK-01")
    await asha.taps("English")
    await asha.taps("Kolkata")

    await asha.sees("Choose a day – RACK-01")


async def test_a_deep_link_to_a_pack_shows_the_pack(stage: BotStage, pack: packs.Package, transact: Transactor) -> None:
    asha = await stage.person()

    await asha.says(f"/start pack_{pack.id}")

    await asha.sees("Packs of tokens", "Starter", "₹999", "valid for 90 days")


async def test_a_dead_deep_link_leads_to_the_menu(stage: BotStage) -> None:
    asha = await stage.person()

    for payload in ("book_NOTHING", "B-NOSUCH", "pack_zz", "whatever", "x" * 64):
        await asha.says(f"/start {payload}")

    shown = await asha.screens()
    assert sum("Balance: 0 tokens" in text_of(each) for each in shown) == 5
    assert sum("Packs of tokens" in text_of(each) for each in shown) == 1


async def test_a_city_can_be_typed(stage: BotStage) -> None:
    asha = await stage.person(is_known=False)
    await asha.says("/start")
    await asha.taps("English")

    await asha.taps("Type a city")
    await asha.sees("Write the name of your city")
    await asha.says("Atlantis")
    await asha.sees("No time zone is named like “Atlantis”.")
    await asha.says("dubai")
    await asha.sees("Which one is it?")
    await asha.taps("Dubai")

    await asha.sees("Balance: 0 tokens")
    member = await people.by_telegram_id(asha.id)
    assert member is not None
    assert member.timezone == "Asia/Dubai"


async def test_settings_change_language_zone_and_pictures(stage: BotStage) -> None:
    asha = await stage.person()

    await asha.says("/settings")
    await asha.sees("Language: English", "Pictures: light")
    await asha.taps("Dark pictures")
    await asha.sees("Pictures: dark")
    await asha.taps("Time zone")
    await asha.taps("›")
    await asha.taps("Nairobi")
    await asha.sees("Time zone: Nairobi")
    await asha.taps("Language")
    await asha.taps("हिन्दी")

    await asha.sees("सेटिंग", "चित्र: गहरे")


async def test_a_bot_restarted_in_the_middle_of_a_question_goes_on(stage: BotStage) -> None:
    asha = await stage.person(is_known=False)
    await asha.says("/start")
    await asha.taps("English")
    await asha.taps("Type a city")

    await stage.stop()
    stage.start()
    await asha.says("tokyo")

    await asha.sees("Which one is it?", "Tokyo")


async def test_the_commands_are_listed_in_both_languages(stage: BotStage) -> None:
    asha, ravi = await stage.person(), await stage.person(is_known=False, language_code="hi")

    english = {each["command"]: each["description"] for each in (await asha.chat())["commands"]}
    hindi = {each["command"]: each["description"] for each in (await ravi.chat())["commands"]}

    assert english["book"] == "Book"
    assert hindi["book"] == "बुक करें"
    assert english.keys() == hindi.keys()
