"""Every word, button and picture we send: pure functions of the thing and its reader, no input or output."""
