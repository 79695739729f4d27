"""What tests of the C library share: tpc.h as Python sees it, and thin wrappers around its calls.

A test directory imports it as `support` once `Tests/` is on `sys.path`, which its conftest.py sees to:

    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

- `paths`: where the header and the built library are.
- `header`: tpc.h parsed: its functions, structs and constants.
- `library`: the library loaded through ctypes, with every signature taken from the header.
- `objects`: `Options`, `Event`, `Client` and `Report`, which raise `TPCError` where a call fails.
"""
