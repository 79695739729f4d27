"""A spool shared by processes that are killed."""
