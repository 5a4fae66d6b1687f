"""Pages of call-downs."""
