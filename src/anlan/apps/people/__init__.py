"""People: users, organisations, posts and roles, duty, notices and the audit chain."""
# house: the floor plan of an app, and the entrance of the site beside it
