"""Handlers: they read the button or the words, call the domain and show a screen. One module per room."""
