"""Rain and wind over the island."""
