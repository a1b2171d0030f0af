"""Whether a person wants their pictures light or dark: the bot's own small memory, beside their dialogue."""

from dataclasses import replace

from aiogram.fsm.context import FSMContext

from bot.views.pictures import PALETTES, Appearance

DEFAULT: Appearance = "light"


def _beside(state: FSMContext) -> FSMContext:
    return FSMContext(storage=state.storage, key=replace(state.key, destiny="appearance"))


async def appearance_of(state: FSMContext) -> Appearance:
    """The person's choice; light until they choose."""
    chosen = (await _beside(state).get_data()).get("appearance")
    return "dark" if chosen == "dark" else DEFAULT


async def choose(state: FSMContext, appearance: str) -> None:
    """Remember the choice; anything unknown is light."""
    await _beside(state).set_data({"appearance": appearance if appearance in PALETTES else DEFAULT})
