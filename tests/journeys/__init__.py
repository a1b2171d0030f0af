"""Whole stories through sandbox, bot, API and jobs, over real HTTP."""
