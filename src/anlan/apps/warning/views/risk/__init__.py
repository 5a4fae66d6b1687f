"""Pages of risks: the list, one with its timeline, and the opening of one."""
