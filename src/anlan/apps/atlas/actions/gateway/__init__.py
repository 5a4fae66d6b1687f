"""What is done to devices of the gateway: admitted, turned away, asked."""
