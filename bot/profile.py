"""How the bot introduces itself in Telegram: its commands in both languages, and the menu button."""

from aiogram import Bot
from aiogram.types import BotCommand, MenuButtonCommands

from bot.views.commands import commands, description
from bot.views.reader import DEFAULT_LANGUAGE, LANGUAGES


async def introduce(bot: Bot) -> None:
    """Tell Telegram the commands, the descriptions and that the menu button opens the commands."""
    for language in LANGUAGES:
        client_language = None if language == DEFAULT_LANGUAGE else language
        listed = [BotCommand(command=name, description=text) for name, text in commands(language)]
        await bot.set_my_commands(listed, language_code=client_language)
        await bot.set_my_short_description(description(language), language_code=client_language)
        await bot.set_my_description(description(language), language_code=client_language)
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
