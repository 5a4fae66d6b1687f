"""MANSCDP: what GB/T 28181 says of devices in XML, and the commands that turn a camera."""
