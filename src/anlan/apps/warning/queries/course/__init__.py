"""The course of a warning: what may be done next, by whom, and where it stands."""
