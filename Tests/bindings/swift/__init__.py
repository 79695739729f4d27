"""The module TPC: a user's program in Swift 6 mode, its public names, and the examples of its doc comments."""
