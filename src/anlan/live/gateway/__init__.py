"""The field gateway: a process of its own that speaks with devices, before the intake."""
