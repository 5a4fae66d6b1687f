"""One alarm: its page and what is done about it."""
