"""What people type into the pages of limits and of new devices."""
