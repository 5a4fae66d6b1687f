"""What touches the disk: locks, databases, files put in place whole, columns made narrow."""
