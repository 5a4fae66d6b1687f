"""The report of a replay: one HTML file for people, charts included, no script, no links out."""
