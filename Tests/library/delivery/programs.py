"""The C programs in programs/: compiled against the header and a copy of the library, run with a client's options."""

import functools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from .library import FILE, PATIENCE, ROOT

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"
FLAGS = ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-pthread"]


@functools.lru_cache(maxsize=None)
def _workplace():
    """A directory that ends with the tests. The library's copy in it stays the same while others build."""
    workplace = tempfile.TemporaryDirectory(prefix="tpc-programs-")
    shutil.copy(FILE, pathlib.Path(workplace.name) / "libtpc.so.0")
    return workplace


@functools.lru_cache(maxsize=None)
def compiled(name, folder=FOLDER, shared=False):
    """Compiles folder/NAME.c and returns its path: a program with the library, or with `shared` an object to preload."""
    workplace = pathlib.Path(_workplace().name)
    output = workplace / folder.parent.name / (f"{name}.so" if shared else name)
    output.parent.mkdir(exist_ok=True)
    library = ["-Wl,--as-needed", f"-I{ROOT / 'include'}", f"-I{FOLDER}", str(workplace / "libtpc.so.0"), f"-Wl,-rpath,{workplace}"]
    kind = ["-shared", "-fPIC"] if shared else library
    subprocess.run(["cc", *FLAGS, "-o", str(output), str(folder / f"{name}.c"), *kind, "-ldl"], check=True)
    return str(output)


@functools.lru_cache(maxsize=None)
def distance():
    """The proxy that the benchmarks put between a client and its server."""
    output = str(pathlib.Path(_workplace().name) / "distance")
    source = ROOT / "benchmarks/proxy/proxy.c"
    subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", output, str(source)], check=True)
    return output


def environment(url, **options):
    """A client's options as the environment gives them, with nothing of this machine's in between."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TPC_", "THE_PROMPTING"))}
    options = {"api_key": "key-for-the-test", "retry_initial_ms": 1, "retry_max_ms": 20, **options}
    given = {f"TPC_{name.upper()}": str(value) for name, value in options.items()}
    return {**kept, "THE_PROMPTING_COMPANY_BASE_URL": url, **given}


def start(name, *arguments, url, **options):
    """The running program, its output and errors as one text."""
    return launch([compiled(name), *arguments], environment(url, **options))


def launch(command, environment):
    """The same for a command, in an environment made by `environment`."""
    return subprocess.Popen(
        list(map(str, command)), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def ended(process, code=0, patience=PATIENCE):
    """Waits for the program's end and returns its output. It has to end with this code: a signal's is negative."""
    try:
        output, _ = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"it hangs, having said: {process.communicate()[0]}") from None
    assert process.returncode == code, f"exit code {process.returncode}: {output}"
    return output


def run(name, *arguments, url, code=0, **options):
    """Runs the program to its end and returns its output."""
    return ended(start(name, *arguments, url=url, **options), code)


def measured(output):
    """The JSON object in the output's last line."""
    return json.loads(output.splitlines()[-1])
