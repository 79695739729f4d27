"""How the shipped library delivers: against servers that misbehave, through forks, threads, closes and exits.

The library is build/lib/libtpc.so, or the file that the environment variable TPC_LIBRARY names. A package, so that
`servers` and `support` beside it can be imported.
"""
