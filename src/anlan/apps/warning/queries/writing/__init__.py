"""What a warning says: its content, first words, and the form of what is said."""
