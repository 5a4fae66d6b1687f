"""What becomes of the rows of a file, and of the file."""
