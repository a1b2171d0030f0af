"""What a person can see and do on the chat page: formatting, paying, and a sandbox that is away for a moment."""

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.conftest import ASHA, RAZORPAY_KEY, Opened, ScriptedBot, bubble, key

pytestmark = pytest.mark.browser


async def test_formatting_is_shown_as_such(bot: ScriptedBot, open_chat: Opened) -> None:
    await bot.say(
        "<b>bold</b> <i>italic</i> <u>under</u> <s>struck</s> <code>code</code> 🙂 <b>after <i>both</i></b>\n"
        '<pre><code class="language-sh">ls -l</code></pre>\n<blockquote>quoted\nlines</blockquote>\n'
        '<tg-time unix="1795430400" format="wDT">Tue 24 Nov, 10:00</tg-time>'
    )
    page = await open_chat()
    text = page.locator("#timeline .text").last

    for tag, words in {"strong": "bold", "em": "italic", "u": "under", "s": "struck", "code": "code"}.items():
        await expect(text.locator(tag).first).to_have_text(words)
    await expect(text.locator("strong em")).to_have_text("both")
    await expect(text.locator("pre")).to_contain_text("ls -l")
    await expect(text.locator("blockquote")).to_have_text("quoted\nlines")
    await expect(text.locator("time")).to_have_text("Tue 24 Nov, 10:00")


async def test_a_payment_link_is_paid_beside_the_chat(bot: ScriptedBot, open_chat: Opened, address: str) -> None:
    async with httpx.AsyncClient(base_url=address, auth=RAZORPAY_KEY) as merchant:
        order = {"amount": 99900, "currency": "INR", "description": "50 tokens"}
        link = (await merchant.post("/razorpay/v1/payment_links", json=order)).json()
        await bot.say("Short of tokens", [key("Buy 50 tokens – ₹999", url=link["short_url"])])
        page = await open_chat()

        await page.get_by_role("button", name="Buy 50 tokens").click()
        await page.frame_locator("#beside iframe").get_by_role("button", name="Pay ₹999.00").click()
        await expect(page.locator("#beside h2")).to_have_text("Payment successful")

        paid = (await merchant.get(f"/razorpay/v1/payment_links/{link['id']}")).json()
    assert paid["status"] == "paid"


async def test_an_invoice_in_stars_is_paid_after_a_question(bot: ScriptedBot, open_chat: Opened) -> None:
    await bot.call(
        "sendInvoice",
        chat_id=ASHA,
        title="Ten pack",
        description="Ten tokens",
        payload="pack",
        currency="XTR",
        prices=[{"label": "Ten", "amount": 10}],
    )
    page = await open_chat()

    async def answer(update: dict[str, dict[str, str]]) -> None:
        if query := update.get("pre_checkout_query"):
            await bot.call("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)

    bot.on_update = answer
    await page.get_by_role("button", name="Pay ⭐️10").click()
    await page.get_by_role("dialog").get_by_role("button", name="Pay", exact=True).click()

    await expect(page.locator(".service")).to_have_text("You paid 10 Stars")


async def test_a_person_who_blocked_the_bot_can_unblock_it(bot: ScriptedBot, open_chat: Opened, address: str) -> None:
    page = await open_chat()
    async with httpx.AsyncClient(base_url=f"{address}/sim/v1") as sandbox:
        await sandbox.post(f"/people/{ASHA}/block")

    await page.get_by_role("button", name="Unblock").click()

    await expect(page.get_by_label("Message", exact=True)).to_be_focused()
    await bot.say("Welcome back")
    await expect(bubble(page, "Welcome back")).to_be_visible()


async def test_what_came_while_the_connection_was_lost_appears_afterwards(bot: ScriptedBot, open_chat: Opened) -> None:
    page = await open_chat()

    await page.context.set_offline(True)
    await page.get_by_label("Message", exact=True).fill("are you there")
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("does not answer")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("are you there")
    await bot.say("Sent meanwhile")
    await page.context.set_offline(False)

    await expect(bubble(page, "Sent meanwhile")).to_be_visible(timeout=40_000)
