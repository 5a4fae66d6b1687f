"""Pages of the devices that speak their own protocols."""
