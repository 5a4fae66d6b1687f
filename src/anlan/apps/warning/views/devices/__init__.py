"""What speaks and shows: recordings for loudspeakers, and devices that are silent or missing."""
