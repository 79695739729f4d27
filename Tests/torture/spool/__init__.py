"""A spool that processes share, and that outlives them: models of its protocols, and hosts that are killed.

    make torture-spool

- `lease`, `shared_sender`: the protocols as models, each system call a step; `search` visits every order of the steps, and `models`
  names what is explored, with the rules that are changed to see that it would be noticed.
- `kills`: hosts in C, Python and PHP (`programs/host.*`, `hosts`) that share a spool, and are killed and stopped at random.
- `disk_faults`: each call on the spool's files fails (`programs/failing_disk.c`), once or from there on.
- `trouble`: `programs/trouble.c`, a host that lowers its limits, closes descriptors or takes the disk away.
- `recorder`: a server that notes each id; `segments`: reads the spool's files, independently of the library.
"""
