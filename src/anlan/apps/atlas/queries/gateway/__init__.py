"""Devices that speak their own protocols to the gateway: whose they are, and what they said."""
