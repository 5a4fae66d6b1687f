"""What JT/T 808 and JT/T 809 share: the values and forms of bodies, and where a vehicle is."""
