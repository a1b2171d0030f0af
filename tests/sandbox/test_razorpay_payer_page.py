"""The payer's page, without a script, as any browser sees it."""

import html
import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.razorpay import signatures
from sandbox.razorpay.payer_views import money
from tests.sandbox.razorpay_stage import KEY, Stage, a_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as staged:
        yield staged


async def press(stage: Stage, short_url: str, action: str) -> str:
    answer = await stage.http.post(f"{short_url}/{action}", follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (99_900, "INR", "₹999.00"),
        (10_000_000, "INR", "₹1,00,000.00"),
        (123_456_789_05, "INR", "₹12,34,56,789.05"),
        (100, "INR", "₹1.00"),
        (123_456_78, "USD", "$123,456.78"),
        (1500, "JPY", "JPY 1,500"),
    ],
)
def test_money_is_written_as_in_its_country(amount: int, currency: str, written: str):
    assert money(amount, currency) == written


async def test_the_page_says_what_is_paid_and_escapes_it(stage: Stage):
    link = await stage.a_link(description="<b>Pack</b> & more")

    page = await stage.http.get(link["short_url"])

    assert "Pay ₹999.00" in page.text
    assert "&lt;b&gt;Pack&lt;/b&gt; &amp; more" in page.text
    assert "Let the payment fail" in page.text
    assert "Leave without paying" in page.text
    assert not re.findall(r'(?:src|href)="(?!data:|http://127)', page.text)
    opened = (await stage.api("GET", f"payment_links/{link['id']}")).json()
    assert opened["order_id"].startswith("order_")


async def test_a_payer_returns_with_a_signed_query(stage: Stage):
    link = await stage.a_link(
        reference_id="back", callback_url="http://merchant.test/thanks?shop=1", callback_method="get"
    )

    page = await press(stage, link["short_url"], "pay")

    target = re.search(r'href="([^"]+)">Return to merchant', page)
    assert target is not None
    query = {name: values[0] for name, values in parse_qs(urlsplit(html.unescape(target[1])).query).items()}
    assert query["shop"] == "1"
    assert query["razorpay_signature"] == signatures.of_callback(
        link_id=link["id"],
        reference_id="back",
        status="paid",
        payment_id=query["razorpay_payment_id"],
        key_secret=KEY[1],
    )
    assert f'content="4;url={target[1]}"' in page
    assert len(await stage.webhooks(4)) == 4


async def test_without_a_callback_the_payer_is_sent_back_to_the_chat(stage: Stage):
    link = await stage.a_link()

    page = await press(stage, link["short_url"], "pay")

    assert "Payment successful" in page
    assert "Return to merchant" not in page


async def test_a_failed_payment_can_be_tried_again(stage: Stage):
    link = await stage.a_link()

    failed = await press(stage, link["short_url"], "fail")
    left = await press(stage, link["short_url"], "leave")
    paid = await press(stage, link["short_url"], "pay")

    assert "Payment failed" in failed
    assert "Try again" in failed
    assert "Nothing was paid" in left
    assert "Payment successful" in paid
    state = (await stage.sim("GET", "payments")).json()["payments"][0]
    assert [one["status"] for one in state["payments"]] == ["failed", "captured"]


async def test_paid_expired_and_cancelled_links_take_no_money(stage: Stage):
    paid, cancelled, expired = await stage.a_link(), await stage.a_link(), await stage.a_link()
    await stage.a_payment(paid["id"], webhooks="none")
    await stage.api("POST", f"payment_links/{cancelled['id']}/cancel")
    stage.world.clock.offset_seconds = 200 * 86_400

    pages = [await press(stage, link["short_url"], "pay") for link in (paid, cancelled, expired)]

    for page, words in zip(pages, ("Already paid", "This link was cancelled", "This link has expired"), strict=True):
        assert words in page
        assert "<button" not in page
    states = (await stage.sim("GET", "payments")).json()["payments"]
    assert sum(len(state["payments"]) for state in states) == 1


async def test_an_unknown_link_is_a_friendly_404(stage: Stage):
    page = await stage.http.get("/razorpay/l/nothing")

    assert page.status_code == 404
    assert "Link not found" in page.text
