"""The Common Alerting Protocol: messages read, judged, written and signed. Pure."""
