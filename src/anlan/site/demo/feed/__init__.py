"""What the demo city's sensors measure, on its way: by HTTP, and by devices of their own."""
