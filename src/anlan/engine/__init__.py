"""The engine: reading quality, rules and alarm state over columns. Pure: time comes in."""
