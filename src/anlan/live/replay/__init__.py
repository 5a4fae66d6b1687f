"""Replay 回放: the same loop over a file, needing no store, no settings and no network."""
