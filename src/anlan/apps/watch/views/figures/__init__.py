"""Figures: the cockpit and the statistics."""
