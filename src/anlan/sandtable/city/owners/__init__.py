"""Who owns and who is in charge: enterprises and organisations, all invented."""
