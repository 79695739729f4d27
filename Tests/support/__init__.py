"""What tests of the C library share: tpc.h as Python sees it, and thin wrappers around its calls.

Tests/conftest.py puts it on the path.

- `paths`: where the header and the built library are.
- `header`: tpc.h parsed: its functions, structs and constants.
- `library`: the library loaded through ctypes, with every signature taken from the header.
- `objects`: `Options`, `Event`, `Client` and `Report`, which raise `TPCError` where a call fails.
"""
