"""Ends of the channels, played: each speaks the real protocol over real sockets, and has faults."""
