"""The districts of the fictional city, from the province down to the village, and its people."""
