"""What a request may ask of features: places, times, properties, and conditions in CQL2."""
