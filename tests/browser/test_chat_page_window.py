"""What a person can see and do on the chat page: people, keyboards below the chat, the clock, the window."""

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.conftest import ASHA, Json, Opened, ScriptedBot, bubble, button, key

pytestmark = pytest.mark.browser


async def test_typing_is_said_in_the_header_until_the_message_comes(bot: ScriptedBot, open_chat: Opened) -> None:
    page = await open_chat()

    await bot.call("sendChatAction", chat_id=ASHA, action="typing")
    await expect(page.locator("#status")).to_contain_text("is typing")
    await bot.say("Done")

    await expect(page.locator("#status")).to_contain_text("you are Asha Nair")


async def test_commands_are_offered_and_sent(bot: ScriptedBot, open_chat: Opened) -> None:
    await bot.call("setMyCommands", commands=[{"command": "book", "description": "Book a rack"}])
    page = await open_chat()

    await page.get_by_role("button", name="Menu", exact=True).click()
    await page.get_by_role("button", name="book Book a rack").press("Enter")

    await expect(page.locator(".message.is-own", has_text="/book")).to_be_visible()


async def test_a_reply_keyboard_sends_its_words(bot: ScriptedBot, open_chat: Opened) -> None:
    rows = [[{"text": "Today"}, {"text": "Tomorrow"}]]
    await bot.call("sendMessage", chat_id=ASHA, text="When?", reply_markup={"keyboard": rows, "resize_keyboard": True})
    page = await open_chat()

    await page.locator(".is-reply").get_by_role("button", name="Tomorrow").click()

    await expect(page.locator(".message.is-own", has_text="Tomorrow")).to_be_visible()


async def test_on_a_phone_the_people_are_in_a_drawer(bot: ScriptedBot, open_chat: Opened) -> None:
    page = await open_chat(width=390, height=844)
    await expect(page.locator("#people")).not_to_be_visible()

    await page.get_by_role("button", name="People").click()
    await expect(page.locator("#people")).to_be_in_viewport()
    await page.locator(".person", has_text="Ravi").click()

    await expect(page.locator("#people")).not_to_be_visible()
    await expect(page.locator("#status")).to_contain_text("you are Ravi Kumar")
    await expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_everything_can_be_done_with_the_keyboard_alone(bot: ScriptedBot, open_chat: Opened) -> None:
    async def answer(update: Json) -> None:
        query = update.get("callback_query")
        if query is None:
            return
        await bot.call("answerCallbackQuery", callback_query_id=query["id"])
        await bot.call(
            "editMessageText",
            chat_id=ASHA,
            message_id=query["message"]["message_id"],
            text="Second step",
            reply_markup={"inline_keyboard": [[key("Confirm", callback_data="confirm"), key("Back")]]},
        )

    await bot.say("First step", [key("Full", disabled={}), key("Go on")])
    page = await open_chat()
    bot.on_update = answer
    await expect(page.get_by_label("Message", exact=True)).to_be_focused()
    for _ in range(4):
        await page.keyboard.press("Shift+Tab")
        if await button(page, "Go on").evaluate("key => key === document.activeElement"):
            break
    outline = await button(page, "Go on").evaluate("key => getComputedStyle(key).outlineStyle")
    await page.keyboard.press("Enter")

    assert outline == "solid"
    await expect(bubble(page, "Second step")).to_be_visible()
    await expect(button(page, "Back")).to_be_focused()


async def test_the_simulated_time_moves_forward(bot: ScriptedBot, open_chat: Opened, address: str) -> None:
    page = await open_chat()
    async with httpx.AsyncClient(base_url=address) as sandbox:
        before = (await sandbox.get("/sim/v1/clock")).json()["offset_seconds"]
        await page.get_by_role("button", name="+10 min").click()
        await expect(page.locator(".toast")).to_contain_text("It is now")
        after = (await sandbox.get("/sim/v1/clock")).json()["offset_seconds"]

    assert after - before == 600


async def test_a_new_person_starts_the_bot(bot: ScriptedBot, open_chat: Opened) -> None:
    page = await open_chat()

    await page.get_by_role("button", name="New person").click()
    await page.get_by_label("First name").fill("Zoya")
    await page.get_by_role("button", name="Add").click()
    await expect(page.locator("#status")).to_contain_text("you are Zoya")
    await page.get_by_role("button", name="Start", exact=True).click()

    await expect(page.locator(".message.is-own", has_text="/start")).to_be_visible()
    await expect(page.get_by_label("Message", exact=True)).to_be_focused()


async def test_unread_messages_are_counted_until_they_are_seen(bot: ScriptedBot, open_chat: Opened) -> None:
    page = await open_chat()
    row = page.locator(".person", has_text="Asha")
    await page.locator(".person", has_text="Dev").click()

    await bot.say("Your session starts in 5 minutes")
    await expect(row.locator(".unread")).to_contain_text("1")
    await row.click()

    await expect(row.locator(".unread")).to_have_count(0)


async def test_the_dark_page_has_other_colours_than_the_light_one(bot: ScriptedBot, open_chat: Opened) -> None:
    await bot.say("Hello")
    colours = []
    for scheme in ("light", "dark"):
        page = await open_chat(colours=scheme)
        colours.append(await page.locator(".bubble").last.evaluate("node => getComputedStyle(node).backgroundColor"))

    assert colours == ["rgb(255, 255, 255)", "rgb(27, 41, 54)"]
