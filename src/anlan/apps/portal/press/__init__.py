"""The press: makes the public's files of what was sent."""
