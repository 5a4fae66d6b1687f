"""The web, as the channels that go there share it: what may be written to, and kept lines."""
