"""What touches the disk: segments, locks, files put in place whole, columns made narrow."""
