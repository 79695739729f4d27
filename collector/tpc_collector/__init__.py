"""A local ingest server for page_visit events: what a developer runs instead of the real service."""

__version__ = "0.1.0"
