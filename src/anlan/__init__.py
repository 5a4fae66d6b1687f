"""安澜 Anlan, an open smart-emergency platform: readings in, graded alarms out."""
# house: one folder a room of the house plan

__version__ = "0.1.0"
