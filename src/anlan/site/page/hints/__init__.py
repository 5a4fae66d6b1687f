"""Hints: what the advisory detectors say of one sensor; they change no alarm."""
