"""What happens in the city: weather, stories with their truth, and the readings of it all."""
