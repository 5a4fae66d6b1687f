"""The beating loop: readings → engine → one durable record with its changes → acknowledgement."""
