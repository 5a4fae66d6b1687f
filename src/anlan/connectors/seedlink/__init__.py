"""Seismic stations by SeedLink: how strongly the ground shakes, from records of miniSEED."""
