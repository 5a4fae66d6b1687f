"""Readings from an MQTT broker, acknowledged only after they are durable."""
