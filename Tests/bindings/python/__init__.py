"""The Python package: its client, its middleware in real servers, its wheel in every Python there is."""
