"""Pages of the atlas that its sheets do not make."""
