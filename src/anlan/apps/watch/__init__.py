"""The watch 值守: alarms and their handling, from the change to the closed case."""
# house: the floor plan of an app, and the hub of the live pages beside it
