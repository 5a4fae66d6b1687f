"""Hints: what the advisory detectors say of a sensor, in words; they change no alarm."""
