"""What was sealed: Parquet files sorted by sensor, rollups, and the list of them."""
