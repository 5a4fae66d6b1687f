"""Devices of the gateway: who was heard, what they said, what they sent; kept for pages to read."""
