"""Field devices that speak their real protocols over real sockets."""

# house: one folder for each protocol, by its own name, wherever one looks for it
