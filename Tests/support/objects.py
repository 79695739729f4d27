"""Thin wrappers around the handles. Each frees what it holds at the end of its `with` block, or on request."""

import ctypes
import json
from dataclasses import dataclass

from .header import NULL, constants
from .library import ErrorRecord, StatisticsRecord, TPCError, check, shared, text_of


class Handle:
    """Something of the library's that has to be freed."""

    def __init__(self, handle):
        self.handle = handle

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        self.free()


class Options(Handle):
    """Options from their defaults; keywords set some. A bool becomes true or false."""

    def __init__(self, **values):
        super().__init__(shared().tpc_options_new())
        try:
            for name, value in values.items():
                self.set(name, value)
        except TPCError:
            self.free()
            raise

    def set(self, name, value):
        if isinstance(value, bool):
            value = "true" if value else "false"
        name, value, record = text_of(name), text_of(value), ErrorRecord()
        check(shared().tpc_options_set(self.handle, name, len(name), value, len(value), record), record)

    def load_environment(self):
        record = ErrorRecord()
        check(shared().tpc_options_load_environment(self.handle, record), record)

    def free(self):
        shared().tpc_options_free(self.handle)
        self.handle = None


class Event(Handle):
    """A page visit; with `href`, one that the contract takes."""

    def __init__(self, href=None, handle=None):
        super().__init__(handle or shared().tpc_event_new())
        if href is not None:
            self.set(constants.TPC_FIELD_PAGE_HREF, href)

    @classmethod
    def from_json(cls, text):
        text, out, record = text_of(text), ctypes.c_void_p(), ErrorRecord()
        check(shared().tpc_event_from_json(text, len(text), out, record), record)
        return cls(handle=out.value)

    def set(self, field, value):
        value, record = text_of(value), ErrorRecord()
        check(shared().tpc_event_set(self.handle, field, value, len(value), record), record)

    def set_null(self, field):
        record = ErrorRecord()
        check(shared().tpc_event_set_null(self.handle, field, record), record)

    def set_fields(self, values, count=17):
        """`values` by field number; None makes a field null."""
        texts, lengths, record = (ctypes.c_char_p * count)(), (ctypes.c_size_t * count)(), ErrorRecord()
        for number, value in values.items():
            texts[number] = None if value is None else text_of(value)
            lengths[number] = NULL if value is None else len(text_of(value))
        check(shared().tpc_event_set_fields(self.handle, texts, lengths, count, record), record)

    def set_property(self, key, value):
        key, record = text_of(key), ErrorRecord()
        call, *argument = self._property(value)
        check(call(self.handle, key, len(key), *argument, record), record)

    @staticmethod
    def _property(value):
        if value is None:
            return (shared().tpc_event_set_null_property,)
        if isinstance(value, bool):
            return shared().tpc_event_set_boolean_property, value
        if isinstance(value, int):
            return shared().tpc_event_set_integer_property, value
        if isinstance(value, float):
            return shared().tpc_event_set_number_property, value
        value = text_of(value)
        return shared().tpc_event_set_string_property, value, len(value)

    def validate(self):
        record = ErrorRecord()
        check(shared().tpc_event_validate(self.handle, record), record)

    def clear(self):
        shared().tpc_event_clear(self.handle)

    def text(self):
        """The event's JSON, as bytes."""
        length = ctypes.c_size_t()
        shared().tpc_event_to_json(self.handle, None, 0, length)
        buffer = ctypes.create_string_buffer(length.value + 1)
        check(shared().tpc_event_to_json(self.handle, buffer, len(buffer), length))
        return buffer.raw[: length.value]

    def json(self):
        return json.loads(self.text())

    def free(self):
        shared().tpc_event_free(self.handle)
        self.handle = None


@dataclass
class Report:
    """How one event ended."""

    outcome: int
    http_status: int
    attempts: int
    event_id: str
    code: str
    message: str
    details: str
    received_at: str

    @classmethod
    def taken(cls, handle):
        """Reads everything a report has and frees it."""
        values = {}
        for name, kind in cls.__annotations__.items():
            value = getattr(shared(), f"tpc_report_{name}")(handle)
            values[name] = value.decode() if kind is str else value
        shared().tpc_report_free(handle)
        return cls(**values)


class Client(Handle):
    """A client whose options are the keywords, or an `Options`. Freeing it closes it without waiting."""

    def __init__(self, options=None, shared_one=False, **values):
        out, record = ctypes.c_void_p(), ErrorRecord()
        create = shared().tpc_client_shared if shared_one else shared().tpc_client_new
        made = options or Options(**values)
        try:
            check(create(made.handle, out, record), record)
        finally:
            if options is None:
                made.free()
        super().__init__(out.value)

    def track(self, event):
        record = ErrorRecord()
        check(shared().tpc_client_track(self.handle, event.handle, record), record)

    def track_json(self, text):
        text, record = text_of(text), ErrorRecord()
        check(shared().tpc_client_track_json(self.handle, text, len(text), record), record)

    def flush(self, timeout_ms=20_000):
        check(shared().tpc_client_flush(self.handle, timeout_ms, None))

    def close(self, timeout_ms=20_000):
        """Closes the client and returns how many events were left undelivered."""
        undelivered = ctypes.c_size_t()
        status = shared().tpc_client_close(self.handle, timeout_ms, undelivered)
        if status != constants.TPC_ERROR_TIMEOUT:
            check(status)
        return undelivered.value

    def statistics(self):
        record = StatisticsRecord()
        check(shared().tpc_client_stats(self.handle, record, ctypes.sizeof(record)))
        return {name: getattr(record, name) for name, _ in record._fields_}

    def poll(self, timeout_ms=20_000):
        """The oldest report, or None."""
        out = ctypes.c_void_p()
        check(shared().tpc_client_poll(self.handle, timeout_ms, out))
        return Report.taken(out.value) if out.value else None

    def report_descriptor(self):
        return shared().tpc_client_report_descriptor(self.handle)

    def free(self):
        # Of a client that is closed already this does nothing.
        shared().tpc_client_close(self.handle, 0, None)
