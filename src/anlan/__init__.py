"""安澜 Anlan, an open smart-emergency platform: readings in, graded alarms out."""

__version__ = "0.1.0"
