"""Sending to the mass of subscribers: the ways that the options allow, and the process."""
