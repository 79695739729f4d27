"""The library compiled with the thread and the address sanitizer, under the tests that there are; the shipped one under valgrind.

    make torture-sanitizers

- `sanitizer`: what a process needs for the sanitized library to be at work in it, and what the sanitizers reported.
- `suites`: the tests that run so, as data, and how.
- `memcheck`: C programs under valgrind, as data, and how.
- `faults`: proof that each of them reports what is wrong: `programs/faulty.c`, from C, Python and PHP.

The sanitized library is built from the same sources in the same way as the shipped one: Embedded Swift, with every access checked.
"""
