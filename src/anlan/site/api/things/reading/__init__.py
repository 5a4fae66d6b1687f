"""How what is asked for is found: in the records, in the packs, in the history."""
