"""The course of a warning: drafted, decided, signed, renewed, kept in time."""
