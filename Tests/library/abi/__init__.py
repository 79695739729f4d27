"""What the shipped library is to programs: its symbols, its header, its packages, and every call of it through ctypes.

The library is the one in build/, or in the folder that the environment variable TPC_BUILD names. A package, so that `support`
and `servers` beside it can be imported.
"""
