"""Physical and consequence models: pure functions, tables come in as arguments."""
