"""TOML with its lines: where each value stands, who changed it, what is wrong with it."""
