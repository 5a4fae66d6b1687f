"""Whom a warning is for, before it is signed and after."""
