"""Updates of SensorThings over a site's broker; docs/reference/sensorthings.md."""
