"""The body of a frame: reports, settings, states; in binary and in ASCII; read and written."""
