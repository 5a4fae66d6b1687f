"""The beating loop: intake, engine, log; and the same loop over a file."""
