"""The atlas 一图一库: what stands where, and how it stood at any past moment."""
# house: the floor plan of an app, with the words and meanings that its floors share
