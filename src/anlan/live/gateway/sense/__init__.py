"""What is made of the names and the times that devices tell."""
