"""The watch 值守: alarms and their handling, from the change to the closed case."""
