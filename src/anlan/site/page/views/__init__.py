"""The pages, as functions of the board: each part has an id, so that it can be sent again alone."""
