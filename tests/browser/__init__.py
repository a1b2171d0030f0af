"""The sandbox's chat page in a real Chromium."""
