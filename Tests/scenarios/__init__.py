"""One behaviour in every language: scenarios as data, and a small driver a language that carries them out."""
