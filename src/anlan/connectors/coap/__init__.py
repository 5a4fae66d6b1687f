"""Devices that send by CoAP, such as those of NB-IoT: JSON, CBOR or SenML, as a mapping says."""
