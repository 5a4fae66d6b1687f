"""Writes: readings through the intake, things and sensors through the sheets of the atlas."""
