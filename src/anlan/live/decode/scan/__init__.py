"""Compiled: bodies read straight from their bytes; what is not plain is left to others."""
