"""Composition only: the command line, and what it starts."""
