"""The Django apps, in the order of the stream: people, atlas, watch."""
