"""OGC SensorThings API 1.1 over the atlas and the history; docs/reference/sensorthings.md."""
