"""What is agreed on about streams (SDP), and how a packet of one is known."""
