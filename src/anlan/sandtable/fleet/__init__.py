"""Field devices that speak their real protocols over real sockets."""
