"""Choosing what one is told and when not, under the settings."""

from datetime import UTC, datetime

from domain import notifications, people
from domain.notifications import Preference, Topic
from tests.bot.stage import BotStage
from tests.people import Person, enabled


async def wishes(person: Person) -> Preference:
    member = await people.by_telegram_id(person.id)
    assert member is not None
    return await notifications.preference_of(member.id, now=datetime.now(UTC))


async def test_a_topic_is_switched_off_and_on_again_on_one_screen(stage: BotStage) -> None:
    asha = await stage.person()
    await asha.says("/settings")
    await asha.taps("Notifications")
    await asha.sees("Notifications", "Reminder a day before: on", "Quiet hours: none.")
    before = len(await asha.screens())

    await asha.taps("Reminder a day before: on")
    await asha.sees("Reminder a day before: off", "Reminder 30 min before: on")
    assert (await wishes(asha)).muted == [Topic.REMINDER_24H]
    await asha.taps("Reminder a day before: off")
    await asha.sees("Reminder a day before: on")

    assert (await wishes(asha)).muted == []
    assert len(await asha.screens()) == before


async def test_quiet_hours_are_chosen_and_taken_away(stage: BotStage) -> None:
    asha = await stage.person()
    await asha.says("/settings")
    await asha.taps("Notifications")
    await asha.taps("Quiet hours")
    await asha.sees("From when on do you want quiet?")
    await asha.taps("22:00")
    screen = await asha.sees("Quiet from 22:00 until when?")
    assert "22:00" not in enabled(screen)  # that would be no time at all
    await asha.taps("07:00")

    await asha.sees("Quiet from 22:00 to 07:00, on your clock")
    assert ((await wishes(asha)).quiet_from, (await wishes(asha)).quiet_until) == ("22:00", "07:00")

    await asha.taps("No quiet hours")
    await asha.sees("Quiet hours: none.")
    assert (await wishes(asha)).quiet_from is None


async def test_there_is_a_way_out_of_every_question(stage: BotStage) -> None:
    asha = await stage.person()
    await asha.says("/settings")
    await asha.taps("Notifications")
    await asha.taps("Quiet hours")
    await asha.taps("22:00")
    await asha.taps("Back")
    await asha.sees("From when on do you want quiet?")
    await asha.taps("Back")
    await asha.sees("A tap switches a message on or off.")
    await asha.taps("Back")

    await asha.sees("Settings", "Language: English")
    assert (await wishes(asha)).quiet_from is None


async def test_the_screens_are_in_hindi_for_who_reads_hindi(stage: BotStage) -> None:
    asha = await stage.person()
    await asha.says("/settings")
    await asha.taps("Language")
    await asha.taps("हिन्दी")
    await asha.taps("सूचनाएँ")

    await asha.sees("एक दिन पहले याद दिलाना: चालू", "शांत समय: कोई नहीं।")
