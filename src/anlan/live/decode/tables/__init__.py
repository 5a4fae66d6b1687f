"""Arrow streams and CSV: columns as Arrow arrays → readings."""
