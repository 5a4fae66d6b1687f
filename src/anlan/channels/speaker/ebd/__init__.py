"""EBD packages: a tar with a document, its detached signature and sound. No network, no clock."""
