"""Every way in which a process ends that has a client, in each runtime: none hangs, none crashes, and what is left is reported.

    make torture-exits

- `ending`: the ways, as data.
- `runtimes`: how the program of each runtime is started.
- `run_ending`: one of them, carried out by `programs/ending.*`, and what has to be so of it.
- `unloading`: dlclose under load.
"""
