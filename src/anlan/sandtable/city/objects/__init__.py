"""What is watched: the observed objects of every pack, and what stands there besides."""
