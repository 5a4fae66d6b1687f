"""The segments of the log: SQLite files of records, their damage and their repair."""
