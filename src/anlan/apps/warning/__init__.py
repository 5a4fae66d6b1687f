"""Warnings 预警: from the draft to what was issued, and what became of it."""
