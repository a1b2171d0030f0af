"""Take the README's pictures: a fresh demo, and a person who buys tokens and books a rack.

`make screenshots` runs it. It needs Chromium on the PATH and leaves PNG files in docs/screenshots.
"""

import asyncio
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).parent.parent
PICTURES = Path(__file__).parent / "screenshots"
ZONE = ZoneInfo("Asia/Kolkata")
ASHA = 1001
BOOKED_DAYS_AHEAD = 2
PHONE, DESKTOP = (390, 780), (1280, 780)
COLOURS_MAX = 256
BYTES_MAX = 200_000
READY_SECONDS_MAX = 60
SETTLED_SECONDS = 0.8
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@contextmanager
def demo() -> Iterator[str]:
    """A demo of its own on free ports; answers the address of its sandbox."""
    with tempfile.TemporaryDirectory() as folder:
        api_port, sandbox_port = free_ports()
        ours = {"BERTH_DATA_DIR": folder, "BERTH_API_PORT": str(api_port), "BERTH_SANDBOX_PORT": str(sandbox_port)}
        foreign = ("TELEGRAM_", "RAZORPAY_", "MONGODB_", "BERTH_")
        around = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        berth = subprocess.Popen([sys.executable, "-m", "app", "up"], cwd=ROOT, env={**around, **ours},
                                 stdout=subprocess.PIPE, text=True)  # fmt: skip
        try:
            assert berth.stdout is not None
            if not any("is ready" in line for line in berth.stdout):
                raise SystemExit("The demo did not start.")
            yield f"http://127.0.0.1:{sandbox_port}"
        finally:
            berth.terminate()
            berth.wait(READY_SECONDS_MAX)


def free_ports() -> tuple[int, int]:
    """Two ports that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


class Chat:
    """One person at the bot: writes and taps through `/sim/v1`, and is looked at in the browser."""

    def __init__(self, sandbox: httpx.AsyncClient, browser: Browser, person_id: int) -> None:
        self._sandbox, self._browser, self._person_id = sandbox, browser, person_id

    async def says(self, text: str) -> None:
        """Write to the bot and wait for its answer."""
        await self._ask("POST", "messages", json={"text": text})

    async def taps(self, *labels: str) -> None:
        """Tap one button of the newest message after the other."""
        for label in labels:
            newest = (await self._settled())["messages"][-1]
            await self._ask("POST", "taps", json={"message_id": newest["message_id"], "text": label})

    async def _ask(self, method: str, what: str, **more: object) -> dict:  # type: ignore[type-arg]
        answer = await self._sandbox.request(method, f"/people/{self._person_id}/{what}", **more)  # type: ignore[arg-type]
        answer.raise_for_status()
        return answer.json()  # type: ignore[no-any-return]

    async def _settled(self) -> dict:  # type: ignore[type-arg]
        return await self._ask("GET", "chat", params={"settle_ms": 700})

    @asynccontextmanager
    async def seen(self, size: tuple[int, int], colours: str) -> AsyncIterator[Page]:
        """The chat page in a window of this size, when the bot has answered."""
        await self._settled()
        context = await self._browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=colours, timezone_id=str(ZONE),  # type: ignore[arg-type]
        )  # fmt: skip
        page = await context.new_page()
        await page.goto(f"{self._sandbox.base_url.copy_with(path='/')}#{self._person_id}")
        await page.locator("#timeline .message").first.wait_for()
        yield page
        await context.close()

    async def pictured(self, name: str, size: tuple[int, int], colours: str) -> None:
        """Keep what the person sees now."""
        async with self.seen(size, colours) as page:
            await keep(page, name)


async def keep(page: Page, name: str) -> None:
    """Write the window as a small PNG."""
    await asyncio.sleep(SETTLED_SECONDS)
    await page.get_by_text("is sending").wait_for(state="hidden")
    image = Image.open(io.BytesIO(await page.screenshot())).convert("RGB").quantize(COLOURS_MAX, kmeans=2)
    file = PICTURES / f"{name}.png"
    image.save(file, optimize=True)
    if file.stat().st_size > BYTES_MAX:
        raise SystemExit(f"{file.name} is too large: {file.stat().st_size} bytes.")


async def morning(sandbox: httpx.AsyncClient) -> datetime:
    """Move the demo's clock to the next ten past nine; answers that moment."""
    now = datetime.fromisoformat((await sandbox.get("/clock")).json()["now"]).astimezone(ZONE)
    wanted = now.replace(hour=9, minute=10, second=0, microsecond=0)
    wanted += timedelta(days=wanted <= now)
    await sandbox.post("/clock", json={"advance_seconds": int((wanted - now).total_seconds())})
    return wanted


async def buy(asha: Chat) -> None:
    """Buy a pack on the payer's page beside the chat."""
    await asha.says("/packs")
    await asha.taps("Lab – ₹999")
    async with asha.seen(DESKTOP, "light") as page:
        await page.locator("#timeline").get_by_text("Pay ₹999").click()
        payer = page.frame_locator("iframe")
        await payer.get_by_role("button", name="Pay ₹999.00").wait_for()
        await keep(page, "desktop-payment")
        await payer.get_by_role("button", name="Pay ₹999.00").click()
        await page.locator("#timeline .message", has_text="50 tokens are yours").wait_for()


async def book(asha: Chat, today: datetime) -> None:
    """Book a rack two days ahead."""
    wanted = today + timedelta(days=BOOKED_DAYS_AHEAD)
    await asha.says("/book")
    await asha.taps("RACK-02")
    await asha.pictured("phone-month", PHONE, "light")
    if wanted.month != today.month:
        await asha.taps("›")
    await asha.taps(str(wanted.day))
    await asha.pictured("phone-day", PHONE, "light")
    await asha.taps("16:00", "2 h · ", "VMM domain ready")
    await asha.pictured("phone-summary", PHONE, "dark")
    await asha.taps("Confirm")
    await asha.pictured("phone-booked", PHONE, "dark")


async def look_around(asha: Chat, today: datetime) -> None:
    """See all racks of the day she booked, on a dark screen."""
    await asha.says("/settings")
    await asha.taps("Dark pictures")
    await asha.says("/book")
    await asha.taps("Picture of the day")
    for ahead in range(1, BOOKED_DAYS_AHEAD + 1):
        on = today + timedelta(days=ahead)
        await asha.taps(f"{on:%a} {on.day} {on:%b} ›")
    await asha.pictured("desktop-racks", DESKTOP, "dark")


async def take() -> None:
    """Live through it and keep the pictures."""
    PICTURES.mkdir(exist_ok=True)
    with demo() as address:
        async with httpx.AsyncClient(base_url=f"{address}/sim/v1", timeout=30) as sandbox, async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_OPTIONS)
            today = await morning(sandbox)
            asha = Chat(sandbox, browser, ASHA)
            await asha.says("/start")
            await asha.taps("English", "Kolkata")
            await buy(asha)
            await book(asha, today)
            await look_around(asha, today)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(take())
