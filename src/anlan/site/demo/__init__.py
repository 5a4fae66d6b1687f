"""The demo: the fictional basin through the real intake, on the read-only page."""
