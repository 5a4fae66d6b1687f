"""Modbus over TCP, and RTU frames over TCP: registers that a map names, read at its periods."""
