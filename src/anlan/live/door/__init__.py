"""The HTTP door of the loop: readings in; sensors, latest values, changes and health out."""
