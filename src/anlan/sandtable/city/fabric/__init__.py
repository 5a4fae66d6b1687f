"""What people built: roads, streets, houses; and the base map of all layers."""
