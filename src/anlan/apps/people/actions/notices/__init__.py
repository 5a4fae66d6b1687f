"""Notices: what goes out by a channel, who sends it, and what is heard of it later."""
