"""People: users, organisations, posts and roles, duty, notices and the audit chain."""
