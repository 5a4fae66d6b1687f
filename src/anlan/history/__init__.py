"""The ordered log, its sealing and its queries: no meaning, only order, time and numbers."""
