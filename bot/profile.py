"""How the bot introduces itself in Telegram: its commands in both languages, and the menu button."""

import logging

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BotCommand, BotCommandScopeChat, MenuButtonCommands

from bot.views.commands import commands, description, office_commands
from bot.views.reader import DEFAULT_LANGUAGE, LANGUAGES

log = logging.getLogger("berth.bot")


async def introduce(bot: Bot) -> None:
    """Tell Telegram the commands, the descriptions and that the menu button opens the commands."""
    for language in LANGUAGES:
        client_language = None if language == DEFAULT_LANGUAGE else language
        listed = [BotCommand(command=name, description=text) for name, text in commands(language)]
        await bot.set_my_commands(listed, language_code=client_language)
        await bot.set_my_short_description(description(language), language_code=client_language)
        await bot.set_my_description(description(language), language_code=client_language)
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())


async def list_office(bot: Bot, chat_id: int, language: str) -> None:
    """List /admin too in this chat. Only a convenience: a refusal is logged."""
    listed = [BotCommand(command=name, description=text) for name, text in office_commands(language)]
    try:
        await bot.set_my_commands(listed, scope=BotCommandScopeChat(chat_id=chat_id))
    except TelegramAPIError as error:
        log.warning("the commands of chat %d could not be set: %s", chat_id, error)
