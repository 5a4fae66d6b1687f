"""BACnet/IP: values of a building's objects, asked for and told when they change."""
