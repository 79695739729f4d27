# SPDX-License-Identifier: Apache-2.0
"""tpc.h for ctypes: every constant, struct and function. A test compares them with the header."""

from __future__ import annotations

import ctypes
from ctypes import (
    POINTER,
    c_char,
    c_char_p,
    c_double,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any, Dict, List, Tuple

# As a length: the text ends at its first NUL byte, or the field becomes JSON null.
TPC_NTS = c_size_t(-1).value
TPC_NULL = c_size_t(-2).value

TPC_OK = 0
TPC_ERROR_INVALID_ARGUMENT = -1
TPC_ERROR_INVALID_OPTION = -2
TPC_ERROR_INVALID_EVENT = -3
TPC_ERROR_INVALID_JSON = -4
TPC_ERROR_TOO_LARGE = -5
TPC_ERROR_QUEUE_FULL = -6
TPC_ERROR_CLOSED = -7
TPC_ERROR_TIMEOUT = -8
TPC_ERROR_NO_MEMORY = -9
TPC_ERROR_BUFFER_TOO_SMALL = -10
TPC_ERROR_SYSTEM = -11

TPC_FIELD_EVENT = 0
TPC_FIELD_OCCURRED_AT = 1
TPC_FIELD_EVENT_ID = 2
TPC_FIELD_SESSION_ID = 3
TPC_FIELD_ANONYMOUS_ID = 4
TPC_FIELD_PAGE_HREF = 5
TPC_FIELD_PAGE_DOMAIN = 6
TPC_FIELD_PAGE_PATHNAME = 7
TPC_FIELD_PAGE_TITLE = 8
TPC_FIELD_PAGE_CANONICAL_URL = 9
TPC_FIELD_REQUEST_REFERRER = 10
TPC_FIELD_REQUEST_USER_AGENT = 11
TPC_FIELD_REQUEST_CLIENT_IP = 12
TPC_FIELD_REQUEST_METHOD = 13
TPC_FIELD_SDK_NAME = 14
TPC_FIELD_SDK_VERSION = 15
TPC_FIELD_SDK_RUNTIME = 16

TPC_REQUEST_METHOD = 0
TPC_REQUEST_SCHEME = 1
TPC_REQUEST_HOST = 2
TPC_REQUEST_TARGET = 3
TPC_REQUEST_REMOTE_ADDRESS = 4
TPC_REQUEST_CLIENT_ADDRESS = 5
TPC_REQUEST_CONTENT_TYPE = 6
TPC_REQUEST_STATUS = 7
TPC_REQUEST_USER_AGENT = 16
TPC_REQUEST_REFERER = 17
TPC_REQUEST_FORWARDED = 18
TPC_REQUEST_X_FORWARDED_FOR = 19
TPC_REQUEST_X_FORWARDED_PROTO = 20
TPC_REQUEST_X_FORWARDED_HOST = 21
TPC_REQUEST_PURPOSE = 22
TPC_REQUEST_SEC_PURPOSE = 23
TPC_REQUEST_X_PURPOSE = 24
TPC_REQUEST_X_MOZ = 25
TPC_REQUEST_SEC_FETCH_DEST = 26
TPC_REQUEST_RANGE = 27
TPC_REQUEST_CF_CONNECTING_IP = 28
TPC_REQUEST_TRUE_CLIENT_IP = 29
TPC_REQUEST_X_REAL_IP = 30
TPC_REQUEST_FLY_CLIENT_IP = 31
TPC_REQUEST_SIGNATURE_AGENT = 32
TPC_REQUEST_SIGNATURE_INPUT = 33
TPC_REQUEST_SIGNATURE = 34
TPC_REQUEST_SEC_GPC = 35
TPC_REQUEST_DNT = 36
TPC_REQUEST_X_REQUEST_ID = 37
TPC_REQUEST_TRACEPARENT = 38

TPC_OUTCOME_DELIVERED = 1
TPC_OUTCOME_REJECTED = 2
TPC_OUTCOME_EXPIRED = 3
TPC_OUTCOME_ABANDONED = 4
TPC_OUTCOME_SPOOLED = 5


class tpc_error(ctypes.Structure):
    _fields_ = [("status", c_int32), ("field", c_char * 60), ("message", c_char * 192)]


class tpc_stats(ctypes.Structure):
    _fields_ = [
        (name, c_uint64)
        for name in (
            "size",
            "accepted",
            "delivered",
            "rejected",
            "expired",
            "abandoned",
            "pending",
            "refused_invalid",
            "refused_too_large",
            "refused_queue_full",
            "refused_system",
            "sampled_out",
            "disabled",
            "requests",
            "failed_requests",
            "retries",
            "odd_responses",
            "reports_dropped",
            "queue_bytes",
            "in_flight",
            "left_out",
            "spooled",
            "adopted",
            "unspooled",
            "spool_bytes",
            "spool_errors",
            "spool_corrupt",
        )
    ]


_error = POINTER(tpc_error)
_text = [c_char_p, c_size_t]
_length = POINTER(c_size_t)
_handle = POINTER(c_void_p)
_texts = POINTER(c_char_p)

# The result and the arguments of every function. An opaque handle is a c_void_p, so as a result it is an int or None.
FUNCTIONS: Dict[str, Tuple[Any, List[Any]]] = {
    "tpc_version_string": (c_char_p, []),
    "tpc_version_number": (c_uint32, []),
    "tpc_status_name": (c_char_p, [c_int32]),
    "tpc_options_new": (c_void_p, []),
    "tpc_options_load_environment": (c_int32, [c_void_p, _error]),
    "tpc_options_set": (c_int32, [c_void_p, *_text, *_text, _error]),
    "tpc_options_validate": (c_int32, [c_void_p, _error]),
    "tpc_options_free": (None, [c_void_p]),
    "tpc_option_name": (c_char_p, [c_size_t]),
    "tpc_event_new": (c_void_p, []),
    "tpc_event_free": (None, [c_void_p]),
    "tpc_event_clear": (None, [c_void_p]),
    "tpc_event_set": (c_int32, [c_void_p, c_int32, *_text, _error]),
    "tpc_event_set_null": (c_int32, [c_void_p, c_int32, _error]),
    "tpc_event_set_fields": (c_int32, [c_void_p, _texts, _length, c_size_t, _error]),
    "tpc_event_set_string_property": (c_int32, [c_void_p, *_text, *_text, _error]),
    "tpc_event_set_number_property": (c_int32, [c_void_p, *_text, c_double, _error]),
    "tpc_event_set_integer_property": (c_int32, [c_void_p, *_text, c_int64, _error]),
    "tpc_event_set_boolean_property": (c_int32, [c_void_p, *_text, c_int32, _error]),
    "tpc_event_set_null_property": (c_int32, [c_void_p, *_text, _error]),
    "tpc_event_validate": (c_int32, [c_void_p, _error]),
    "tpc_event_from_json": (c_int32, [*_text, _handle, _error]),
    "tpc_event_to_json": (c_int32, [c_void_p, POINTER(c_char), c_size_t, _length]),
    "tpc_uri_encode": (c_int32, [*_text, POINTER(c_char), c_size_t, _length, _error]),
    "tpc_client_new": (c_int32, [c_void_p, _handle, _error]),
    "tpc_client_shared": (c_int32, [c_void_p, _handle, _error]),
    "tpc_client_track": (c_int32, [c_void_p, c_void_p, _error]),
    "tpc_client_track_json": (c_int32, [c_void_p, *_text, _error]),
    "tpc_client_event_to_json": (
        c_int32,
        [c_void_p, c_void_p, POINTER(c_char), c_size_t, _length, _texts, _error],
    ),
    "tpc_client_flush": (c_int32, [c_void_p, c_int32, _length]),
    "tpc_client_close": (c_int32, [c_void_p, c_int32, _length]),
    "tpc_client_release": (c_int32, [c_void_p]),
    "tpc_client_stats": (c_int32, [c_void_p, POINTER(tpc_stats), c_size_t]),
    "tpc_client_track_request": (c_int32, [c_void_p, *_text, _texts, _error]),
    "tpc_client_track_request_fields": (c_int32, [c_void_p, _texts, _length, c_size_t, c_void_p, _texts, _error]),
    "tpc_client_event_from_request_fields": (
        c_int32,
        [c_void_p, _texts, _length, c_size_t, c_void_p, _handle, _texts, _error],
    ),
    "tpc_client_event_from_request": (c_int32, [c_void_p, *_text, _handle, _texts, _error]),
    "tpc_request_header": (c_char_p, [c_size_t]),
    "tpc_ai_agent": (c_int32, [*_text, _texts, _texts, _texts]),
    "tpc_client_ai_agent": (c_int32, [c_void_p, _texts, _length, c_size_t, _texts, _texts, _texts, POINTER(c_int32)]),
    "tpc_ai_answer": (c_int32, [*_text, *_text, _texts, _texts, _texts]),
    "tpc_client_poll": (c_int32, [c_void_p, c_int32, _handle]),
    "tpc_client_report_descriptor": (c_int32, [c_void_p]),
    "tpc_report_outcome": (c_int32, [c_void_p]),
    "tpc_report_event_id": (c_char_p, [c_void_p]),
    "tpc_report_http_status": (c_int32, [c_void_p]),
    "tpc_report_attempts": (c_uint32, [c_void_p]),
    "tpc_report_code": (c_char_p, [c_void_p]),
    "tpc_report_message": (c_char_p, [c_void_p]),
    "tpc_report_details": (c_char_p, [c_void_p]),
    "tpc_report_received_at": (c_char_p, [c_void_p]),
    "tpc_report_free": (None, [c_void_p]),
    "tpc_log_take": (c_int32, [POINTER(c_char), c_size_t, _length]),
}

# The functions that may take long: other Python threads run during the call. All others keep Python's lock, because after
# a call of one microsecond it can take 5 ms to get the lock back; none of them waits for a thread that could want the lock.
WAITING = frozenset({"tpc_client_new", "tpc_client_shared", "tpc_client_flush", "tpc_client_close", "tpc_client_poll"})
