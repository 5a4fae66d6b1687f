"""Files read for a replay: readings by columns, registers by line, what was refused and why."""
