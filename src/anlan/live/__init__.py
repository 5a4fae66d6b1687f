"""The beating loop: intake, engine, log; and the same loop over a file."""
# house: the parts of one process, each small; folders hold what belongs together
