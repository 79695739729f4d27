"""The built library, loaded through ctypes. Signatures come from the header."""

import ctypes
import functools

from . import paths
from .header import DECLARATIONS

ErrorRecord = DECLARATIONS.structs["tpc_error"]
StatisticsRecord = DECLARATIONS.structs["tpc_stats"]


def load(path=None):
    """Loads the library and gives every function its types."""
    loaded = ctypes.CDLL(str(path or paths.LIBRARY))
    for name in DECLARATIONS.functions:
        function = getattr(loaded, name)
        function.restype, function.argtypes = DECLARATIONS.function_type(name)
    return loaded


@functools.lru_cache()
def shared():
    """The one copy that a test process uses."""
    return load()


class TPCError(Exception):
    """A call that failed. `field` and `message` are empty where the call takes no tpc_error."""

    def __init__(self, status, record=None):
        self.status = status
        self.name = shared().tpc_status_name(status).decode()
        # As strict as any binding: a text that is not UTF-8 is a fault.
        self.field = record.field.decode() if record else ""
        self.message = record.message.decode() if record else ""
        self.record = record
        super().__init__(f"{self.name}: {self.field}: {self.message}")


def check(status, record=None):
    """Raises TPCError unless the call went well."""
    if status != 0:
        raise TPCError(status, record)


def text_of(value):
    """Bytes as they are; other text as UTF-8."""
    return value if isinstance(value, bytes) else str(value).encode()
