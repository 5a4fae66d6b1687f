"""The atlas 一图一库: what stands where, and how it stood at any past moment."""
