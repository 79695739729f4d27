"""Every export of the header with every bad argument that its signature allows, made up from the header alone: so that a new
function is covered as soon as it is declared, or the tests say that its signature is of a new kind.

Run as a program, in a process of its own: calls.py SEED CALLS. It ends with 0 when every call returned what the header
promises.
"""

import ctypes
import itertools
import pathlib
import random
import re
import sys
import threading

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from support.header import DECLARATIONS, NTS, NULL, constants  # noqa: E402
from support.library import ErrorRecord, StatisticsRecord, shared  # noqa: E402

VISIT = b'{"event":"page_visit","page":{"href":"https://example.com/?token=1"},"properties":{"a":1}}'
TEXTS = [b"", b"x", b"x:y", b"https://example.com/\xff", b"\0", b"true", b"dry_run", b"GPTBot/1.2", VISIT, VISIT[:-1]]
# Beyond every limit: nothing of such a text may be read.
HUGE = [NULL, 2**63, 2**63 - 1, 2**62, 2**40, 2**23]
NUMBERS = [-(2**31), -2, -1, 0, 1, 5, 16, 17, 2**31 - 1]
# Indices of entries of a list, and past its end.
INDICES = [0, 1, 10, 11, 2**31, 2**63 - 1, 2**63, NTS]
# A call may wait for as long as its argument says.
TIMES = [-(2**31), -1, 0, 1]
STATUSES = {value for name, value in DECLARATIONS.constants.items() if name == "TPC_OK" or name.startswith("TPC_ERROR_")}


class UnknownSignature(Exception):
    """A function has an argument that nothing here makes values for."""


class Handles:
    """What one thread works with: objects of its own, and tokens that all threads share."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.options = shared().tpc_options_new()
        self.event = shared().tpc_event_new()
        self.report = report()

    def of(self, kind):
        if kind == "tpc_client":
            return self.tokens
        return {"tpc_options": [None, self.options], "tpc_event": [None, self.event], "tpc_report": [None, self.report]}[kind]

    def free(self):
        shared().tpc_options_free(self.options)
        shared().tpc_event_free(self.event)
        shared().tpc_report_free(self.report)


def parameters(name):
    """(name, type as C writes it) of each parameter, such as ("json", "const char *")."""
    from pycparser import c_generator

    declared = DECLARATIONS.functions[name].type.args.params
    named = [parameter for parameter in declared if parameter.name]
    return [(parameter.name, c_generator.CGenerator().visit(parameter.type)) for parameter in named]


def texts():
    """Pairs of a pointer and a length; what is as long as it says is in memory of that size."""
    for text in TEXTS:
        room = ctypes.create_string_buffer(text, len(text) + 1)
        yield from ((room, length) for length in (0, len(text), NTS))
        yield from ((room, length) for length in HUGE)
    yield from ((None, length) for length in (0, 1, NTS, *HUGE))


def buffers():
    room = ctypes.create_string_buffer(512)
    yield from ((None, size) for size in (0, 1, 512, NTS))
    yield from ((room, size) for size in (0, 1, 2, 512))


def tables():
    """values, lengths and count of tpc_event_set_fields."""
    values, lengths = (ctypes.c_char_p * 17)(), (ctypes.c_size_t * 17)()
    for index, text in zip(range(17), itertools.cycle(TEXTS)):
        values[index], lengths[index] = text, random.choice([0, len(text), NTS, *HUGE])
    for count in (0, 1, 2, 17, 18, 2**31, 2**63, NTS):
        yield from ((table, sizes, count) for table in (None, values) for sizes in (None, lengths))


def groups(name, handles):
    """For each parameter, or run of parameters that belong together, the values it may get, each a tuple."""
    rest = parameters(name)
    while rest:
        label, kind = rest[0]
        plain = kind.replace("const ", "")
        following = [other for _, other in rest[1:3]]
        if kind == "const char *" and following[:1] == ["size_t"]:
            taken, values = 2, list(texts())
        elif kind == "char *" and following[:1] == ["size_t"]:
            taken, values = 2, list(buffers())
        elif kind == "const char * const *" and following == ["const size_t *", "size_t"]:
            taken, values = 3, list(tables())
        elif kind == "tpc_stats *" and following[:1] == ["size_t"]:
            taken, values = 2, [(record, size) for record in (None, StatisticsRecord()) for size in (0, 7, 8, 9, 160, 2**62)]
        else:
            taken, values = 1, [(value,) for value in single(label, kind, plain, handles)]
        yield values
        rest = rest[taken:]


def single(label, kind, plain, handles):
    if plain.removesuffix(" *") in DECLARATIONS.opaque:
        return handles.of(plain.removesuffix(" *"))
    if (label, kind) == ("index", "size_t"):
        return INDICES
    made = {
        "tpc_error *": lambda: [None, ErrorRecord()],
        "size_t *": lambda: [None, ctypes.c_size_t()],
        "int32_t *": lambda: [None, ctypes.c_int32()],
        "const char **": lambda: [None, ctypes.c_char_p()],
        "int32_t": lambda: TIMES if label == "timeout_ms" else NUMBERS,
        "int64_t": lambda: [-(2**63), -1, 0, 2**63 - 1],
        "double": lambda: [float("nan"), float("inf"), -float("inf"), -0.0, 1e308, 5e-324],
    }
    if plain.endswith(" **") and plain.removesuffix(" **") in DECLARATIONS.opaque:
        return [None, ctypes.c_void_p()]
    if kind not in made:
        raise UnknownSignature(f"{label}: {kind}")
    return made[kind]()


def call(name, arguments):
    """Makes one call and checks what every call promises."""
    result = getattr(shared(), name)(*arguments)
    errors = [argument for argument in arguments if isinstance(argument, ErrorRecord)]
    status = DECLARATIONS.function_type(name)[0] is ctypes.c_int32 and not re.match("tpc_(report|ai|client_ai)_", name)
    if status:
        assert result in STATUSES, (name, result)
    if status and result and errors:
        assert errors[0].status == result, name
        assert errors[0].message.decode(), name
        errors[0].field.decode()
    release(name, result, arguments)


def release(name, result, arguments):
    """Frees what a call has made."""
    made = name.removeprefix("tpc_").split("_")[0]
    if name.endswith("_new") and made != "client":
        getattr(shared(), f"tpc_{made}_free")(result)
    for argument in arguments:
        if type(argument) is ctypes.c_void_p and argument.value:
            if made == "client" and name.endswith(("_new", "_shared")):
                shared().tpc_client_close(argument.value, 0, None)
            else:
                shared().tpc_report_free(argument.value) if name.endswith("_poll") else shared().tpc_event_free(argument.value)
            argument.value = None


def exercise(seed, calls, tokens):
    """Calls every function `calls` times; never the frees, which take NULL and what is theirs only."""
    chosen = random.Random(seed)
    handles = Handles(tokens)
    for name in DECLARATIONS.functions:
        menus = list(groups(name, handles))
        for _ in range(calls if menus else 1):
            arguments = tuple(itertools.chain.from_iterable(chosen.choice(menu) for menu in menus))
            # What is this thread's own is freed once, at the end.
            if name.endswith("_free"):
                arguments = (None,)
            if not (name.endswith("_report_descriptor") and arguments[0] is None):
                call(name, arguments)
    handles.free()


def dry_client():
    """A client that sends nothing."""
    options, out = shared().tpc_options_new(), ctypes.c_void_p()
    for name, value in ((b"dry_run", b"true"), (b"report_capacity", b"5"), (b"log_level", b"off")):
        assert shared().tpc_options_set(options, name, NTS, value, NTS, None) == 0
    assert shared().tpc_client_new(options, out, None) == 0
    shared().tpc_options_free(options)
    return out.value


def report():
    """The report of an event."""
    client, out = dry_client(), ctypes.c_void_p()
    assert shared().tpc_client_track_json(client, VISIT, len(VISIT), None) == 0
    assert shared().tpc_client_poll(client, 1000, out) == 0 and out.value
    shared().tpc_client_close(client, 0, None)
    return out.value


def open_clients():
    """Tokens of every kind: open, closed, and never given out."""
    made = [dry_client() for _ in range(6)]
    for token in made[:2]:
        assert shared().tpc_client_close(token, 0, None) == 0
    invented = [None, 1, 7, 2**11, 2**31, 2**63, 2**64 - 1, made[0] ^ 1 << 20, made[2] ^ 1, made[3] ^ 1 << 63]
    return made + invented


def main(seed, calls):
    problems = []
    tokens = open_clients()

    def work(number):
        try:
            exercise(seed * 1000 + number, calls, tokens)
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for token in tokens:
        shared().tpc_client_close(token, 0, None)
    for problem in problems:
        raise problem
    print(f"exports: {len(DECLARATIONS.functions)} functions, {2 * calls:,} calls each with seed {seed}: no crash, "
          "every status a known one")  # fmt: skip


if __name__ == "__main__":
    random.seed(int(sys.argv[1]))
    main(int(sys.argv[1]), int(sys.argv[2]))
