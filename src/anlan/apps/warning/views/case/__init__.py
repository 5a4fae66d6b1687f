"""One warning: its page, its course and what is done about it."""
