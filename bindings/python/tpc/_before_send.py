# SPDX-License-Identifier: Apache-2.0
"""The event of a web request as a dict, for a hook that may change it."""

from __future__ import annotations

import ctypes
import json
from typing import Any, Dict, Optional, cast

from . import _capture
from . import _declarations as c
from ._errors import error_of, failure


def event_of_request(client: Any, request: bytes) -> Optional[Dict[str, Any]]:
    """The event that tracking the request would send, before redaction and the policy for addresses, which apply when it is
    tracked; None when a rule leaves the request out.
    """
    library, event, capture = client._library, ctypes.c_void_p(), _capture.current
    token = client._token if capture is None else capture.double(client._token)
    status = library.tpc_client_event_from_request(token, request, len(request), ctypes.byref(event), None, failure.reference)
    if status != c.TPC_OK:
        raise failure.error(status)
    if event.value is None:
        return None
    try:
        length = ctypes.c_size_t()
        library.tpc_event_to_json(event, None, 0, ctypes.byref(length))
        buffer = ctypes.create_string_buffer(length.value + 1)
        status = library.tpc_event_to_json(event, buffer, len(buffer), ctypes.byref(length))
        if status != c.TPC_OK:
            raise error_of(status)
        return cast(Dict[str, Any], json.loads(buffer.raw[: length.value]))
    finally:
        library.tpc_event_free(event)
