"""What is heard: the offer of a session (SDP), sound in packets (RTP, G.711), and key presses."""
