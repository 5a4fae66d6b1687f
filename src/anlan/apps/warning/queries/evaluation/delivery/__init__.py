"""How messages reached people 送达: by channel, how many and how quickly."""
