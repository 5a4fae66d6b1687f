"""Events of the world as feeds tell them, GeoJSON and GeoRSS, read by forms that are data."""
