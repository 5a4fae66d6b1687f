"""Files of rows: read with care, checked before anything changes, written so that they are safe."""
