"""How what was found is told: entities, sets, links, values."""
