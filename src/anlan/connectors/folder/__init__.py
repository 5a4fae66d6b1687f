"""Tables that others put into a folder: CSV and Excel, their columns as a mapping says."""
