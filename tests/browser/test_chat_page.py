"""What a person can see and do on the chat page: messages and their buttons."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import ASHA, Json, Opened, ScriptedBot, bubble, button, key
from tests.browser.pictures import png

pytestmark = pytest.mark.browser


async def test_a_person_writes_and_the_answer_appears(bot: ScriptedBot, open_chat: Opened) -> None:
    async def answer(update: Json) -> None:
        await bot.say(f"You said <b>{update['message']['text']}</b>")

    page = await open_chat()
    bot.on_update = answer
    await page.get_by_label("Message", exact=True).fill("two racks, please")
    await page.keyboard.press("Enter")

    await expect(page.locator(".message.is-own", has_text="two racks, please")).to_be_visible()
    await expect(bubble(page, "You said").locator("strong")).to_have_text("two racks, please")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("")


async def test_shift_enter_makes_a_line_instead_of_sending(bot: ScriptedBot, open_chat: Opened) -> None:
    page = await open_chat()

    await page.get_by_label("Message", exact=True).fill("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("one\ntwo")
    await page.keyboard.press("Enter")

    await expect(bubble(page, "one\ntwo")).to_be_visible()


async def test_a_tapped_button_waits_until_its_answer_and_shows_it_as_a_toast(
    bot: ScriptedBot, open_chat: Opened
) -> None:
    release = asyncio.Event()

    async def answer(update: Json) -> None:
        await release.wait()
        await bot.call("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="Booked it")

    await bot.say("Book?", [key("Book")])
    page = await open_chat()
    bot.on_update = answer
    await button(page, "Book").click()
    await expect(button(page, "Book")).to_have_attribute("aria-busy", "true")
    release.set()

    await expect(page.locator(".toast")).to_have_text("Booked it")
    await expect(button(page, "Book")).not_to_have_attribute("aria-busy", "true")


async def test_an_alert_is_a_dialog_that_must_be_closed(bot: ScriptedBot, open_chat: Opened) -> None:
    async def answer(update: Json) -> None:
        query_id = update["callback_query"]["id"]
        await bot.call("answerCallbackQuery", callback_query_id=query_id, text="Too late", show_alert=True)

    await bot.say("Cancel?", [key("Cancel", callback_data="c", style="danger")])
    page = await open_chat()
    bot.on_update = answer
    await button(page, "Cancel").click()

    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_contain_text("Too late")
    await dialog.get_by_role("button", name="OK").click()
    await expect(dialog).to_have_count(0)


async def test_a_disabled_button_cannot_be_tapped_beside_one_that_can(bot: ScriptedBot, open_chat: Opened) -> None:
    await bot.say("When?", [key("09:00", disabled={}), key("09:30")])
    page = await open_chat()

    await button(page, "09:00").dispatch_event("click")
    await button(page, "09:30").click()

    assert await bot.tapped() == "09:30"
    assert bot.taps.empty()
    await expect(button(page, "09:00")).to_have_attribute("aria-disabled", "true")


async def test_a_copy_button_copies(bot: ScriptedBot, open_chat: Opened) -> None:
    await bot.say("Code", [key("Copy the code", copy_text={"text": "B-7F3K"})])
    page = await open_chat()
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    await page.get_by_role("button", name="Copy the code").click()

    await expect(page.locator(".toast")).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == "B-7F3K"


async def test_a_link_to_the_bot_is_followed_as_a_start(bot: ScriptedBot, open_chat: Opened) -> None:
    await bot.say('<a href="https://t.me/berth_demo_bot?start=r_42">Invite</a>')
    page = await open_chat()

    await page.get_by_role("link", name="Invite").click()

    await expect(page.locator(".message.is-own", has_text="/start r_42")).to_be_visible()


async def test_a_page_of_this_server_opens_beside_the_chat_and_closes(
    bot: ScriptedBot, open_chat: Opened, address: str
) -> None:
    await bot.say("Pay", [key("Pay now", url=f"{address}/web/icon.svg")])
    page = await open_chat()

    await page.get_by_role("button", name="Pay now").click()
    await expect(page.locator("#beside iframe")).to_have_attribute("src", f"{address}/web/icon.svg")
    await page.get_by_role("button", name="Close the page").click()

    await expect(page.locator("#beside")).to_be_hidden()
    await expect(page.get_by_role("button", name="Pay now")).to_be_focused()


async def test_a_photo_opens_large_and_escape_closes_it(bot: ScriptedBot, open_chat: Opened) -> None:
    caption = "<b>RACK-03</b>, free from 10:00"
    await bot.call(
        "sendPhoto",
        chat_id=ASHA,
        caption=caption,
        parse_mode="HTML",
        files={"photo": ("day.png", png(320, 200), "image/png")},
    )
    page = await open_chat()

    await page.get_by_role("button", name="Open the photo").click()
    large = page.locator("dialog.lightbox")
    await expect(large.locator("img")).to_be_visible()
    assert await large.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    await expect(large).to_contain_text("RACK-03, free from 10:00")
    await page.keyboard.press("Escape")

    await expect(large).to_have_count(0)


async def test_a_document_downloads_under_its_name(bot: ScriptedBot, open_chat: Opened, tmp_path: Path) -> None:
    await bot.call(
        "sendDocument", chat_id=ASHA, files={"document": ("B-7F3K.ics", b"BEGIN:VCALENDAR" * 100, "text/calendar")}
    )
    page = await open_chat()

    await expect(page.locator(".document")).to_contain_text("1.5 KB")
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Download B-7F3K.ics").click()
    download = await waiting.value

    assert download.suggested_filename == "B-7F3K.ics"
    await download.save_as(tmp_path / "saved.ics")
    assert (tmp_path / "saved.ics").read_bytes() == b"BEGIN:VCALENDAR" * 100


async def test_an_edit_changes_the_message_where_it_is(bot: ScriptedBot, open_chat: Opened) -> None:
    first = await bot.say("Menu", [key("Book"), key("Help")])
    for number in range(60):
        await bot.say(f"Line {number}")
    page = await open_chat()
    await bubble(page, "Line 44").scroll_into_view_if_needed()
    before = await bubble(page, "Line 44").bounding_box()
    node = await page.locator(f'[data-id="{first["message_id"]}"]').element_handle()

    more = {"inline_keyboard": [[key(f"Choice {number}")] for number in range(8)]}
    await bot.call(
        "editMessageText", chat_id=ASHA, message_id=first["message_id"], text="Choose a day", reply_markup=more
    )
    await expect(bubble(page, "Choose a day")).to_contain_text("edited")

    assert await node.evaluate("node => node.isConnected")
    after = await bubble(page, "Line 44").bounding_box()
    assert abs(before["y"] - after["y"]) < 2


async def test_a_deleted_message_vanishes_and_the_others_stay(bot: ScriptedBot, open_chat: Opened) -> None:
    gone = await bot.say("Only for a moment")
    await bot.say("Here to stay")
    page = await open_chat()
    await expect(bubble(page, "Only for a moment")).to_be_visible()

    await bot.call("deleteMessage", chat_id=ASHA, message_id=gone["message_id"])

    await expect(bubble(page, "Only for a moment")).to_have_count(0)
    await expect(bubble(page, "Here to stay")).to_be_visible()


async def test_what_people_write_is_never_markup(bot: ScriptedBot, open_chat: Opened) -> None:
    attack = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title='taken'\">"
    await bot.call(
        "sendMessage", chat_id=ASHA, text=attack, reply_markup={"inline_keyboard": [[key(attack, callback_data="x")]]}
    )
    page = await open_chat()

    await expect(bubble(page, attack)).to_be_visible()
    assert await page.locator("#timeline script, #timeline .text img, .key img").count() == 0
    assert await page.title() == "Berth – try the bot"


async def test_a_spoiler_is_hidden_until_it_is_pressed(bot: ScriptedBot, open_chat: Opened) -> None:
    await bot.say("Your password is <tg-spoiler>lima-72</tg-spoiler>")
    page = await open_chat()

    await expect(page.locator(".person", has_text="Asha")).to_contain_text("Your password is")
    await expect(page.locator(".person", has_text="lima-72")).to_have_count(0)
    await expect(bubble(page, "password").get_by_text("lima-72")).not_to_be_visible()
    await page.get_by_role("button", name="Hidden text, press to show").click()

    await expect(bubble(page, "password").get_by_text("lima-72")).to_be_visible()


async def test_the_arrow_keys_pass_over_disabled_buttons(bot: ScriptedBot, open_chat: Opened) -> None:
    await bot.say("When?", [key("Mon"), key("Tue", disabled={}), key("Wed")], [key("Back"), key("Menu")])
    page = await open_chat()

    await button(page, "Mon").focus()
    await page.keyboard.press("ArrowRight")
    await expect(button(page, "Wed")).to_be_focused()
    await page.keyboard.press("ArrowDown")

    await expect(button(page, "Menu")).to_be_focused()
