"""How feeds tell events: forms that are data, a TOML file each."""
