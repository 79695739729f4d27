"""One behavior in every language: scenarios as data, and a small driver for each language that runs them."""
