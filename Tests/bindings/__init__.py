"""The packages for other languages, a folder each."""
