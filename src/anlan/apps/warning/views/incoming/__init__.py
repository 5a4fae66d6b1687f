"""Pages of official warnings that came in."""
