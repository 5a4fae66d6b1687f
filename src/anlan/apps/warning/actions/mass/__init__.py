"""Mass sending: packed once, taken in hand by senders, and every recipient accounted for."""
