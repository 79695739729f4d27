"""Proof that what is wrong is reported: `programs/faulty.c` as a C program, and called from Python and PHP. And that the library
itself was compiled to have its accesses checked."""

import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
FLAGS = ["-std=gnu11", "-O0", "-g", "-Wall", "-Wextra", "-pthread"]
# What each sanitizer has to report for a kind of fault, and where. A leak is looked for in C programs alone.
FOUND = {
    "thread": {"race": ("data race", ("c", "python", "php"))},
    "address": {
        "use-after-free": ("heap-use-after-free", ("c", "python", "php")),
        "leak": ("detected memory leaks", ("c",)),
    },
}
# What compiled code calls for the accesses that it makes.
CHECKS = {"thread": {"__tsan_read8", "__tsan_write8"}, "address": {"__asan_report_load8", "__asan_report_store8"}}
PYTHON = "import ctypes, sys; ctypes.CDLL(sys.argv[1]).fault(sys.argv[2].encode())"
PHP = "FFI::cdef('int fault(const char *);', $argv[1])->fault($argv[2]);"


def unseen(sanitizer):
    """Where a fault of some kind was done and not reported, or one was reported where nothing was wrong; one sentence each."""
    environment = sanitizer.environment()
    program, shared = compiled(sanitizer.folder, environment), compiled(sanitizer.folder, environment, shared=True)
    commands = {
        "c": lambda kind: [program, kind],
        "python": lambda kind: [sys.executable, "-c", PYTHON, shared, kind],
        "php": lambda kind: ["php", "-d", "ffi.enable=true", "-r", PHP, "--", shared, kind],
    }
    wanted = [(kind, said, where) for kind, (said, places) in FOUND[sanitizer.name].items() for where in places]
    wanted += [("none", None, where) for where in commands]
    found = _unchecked(sanitizer)
    for kind, said, where in wanted:
        sanitizer.forget()
        done = subprocess.run(commands[where](kind), env=environment, capture_output=True, text=True, check=False)
        reports = "".join(sanitizer.reports())
        is_right = said in reports and done.returncode != 0 if said else not reports and done.returncode == 0
        if not is_right:
            said_instead = reports or done.stderr or "nothing"
            found.append(f"{sanitizer.name}, {where}, {kind}: exit code {done.returncode}, reported {said_instead}")
    sanitizer.forget()
    return found


def _unchecked(sanitizer):
    command = ["nm", "-D", sanitizer.build / "lib" / "libtpc.so"]
    symbols = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    missing = CHECKS[sanitizer.name] - set(symbols.split())
    return [f"{sanitizer.name}: the library never calls {', '.join(sorted(missing))}"] if missing else []


def compiled(folder, environment=None, shared=False):
    output = pathlib.Path(folder) / ("faulty.so" if shared else "faulty")
    kind = ["-shared", "-fPIC"] if shared else []
    subprocess.run(["cc", *FLAGS, *kind, "-o", output, FOLDER / "programs" / "faulty.c"], env=environment, check=True)
    return str(output)
