"""Ways out: a message to the world, one folder each."""
