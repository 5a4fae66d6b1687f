"""Ways in that a mapping describes, beside the devices that speak a protocol of their own."""
