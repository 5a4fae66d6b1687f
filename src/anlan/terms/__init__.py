"""The words every room speaks: levels, qualities, times, readings, changes, errors.

Frozen values on the standard library only; nothing here reads a clock or a file.
"""
