"""Clouds of NB-IoT devices that call: CTWing (AEP), OneNET, and others that bear a secret."""
