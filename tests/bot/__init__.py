"""The Telegram edge, over the sandbox's real HTTP."""
