"""PURE: the query language of SensorThings: from text to a tree, and what it gives for a row."""
