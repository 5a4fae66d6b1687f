"""Observed objects and their sensors."""
