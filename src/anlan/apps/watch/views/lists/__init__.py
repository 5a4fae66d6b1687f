"""The duty desk and the lists of alarms."""
