"""XML taken in without harm, whoever wrote it."""
