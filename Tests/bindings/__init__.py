"""The packages for other languages, one folder each."""
