"""What the HTTP/2 server does with a request."""

from dataclasses import dataclass, field
from typing import Optional

import h2.errors

from .actions import Silence

__all__ = ["Disconnect", "GoAway", "HalfAnswer", "Hang", "LimitStreams", "Raw", "Reply", "ResetStream", "Silence"]


@dataclass
class Reply:
    """An answer, after `delay` seconds (None: the server's). Without a body it is the contract's."""

    status: int = 200
    headers: dict = field(default_factory=dict)
    body: Optional[bytes] = None
    delay: Optional[float] = None


@dataclass
class ResetStream:
    """RST_STREAM instead of an answer."""

    error_code: int = h2.errors.ErrorCodes.REFUSED_STREAM


@dataclass
class GoAway:
    """GOAWAY: what was asked before is still answered, then the connection ends. With `answered` this request is
    the last that is answered; without, it is among those that the client has to ask again elsewhere."""

    answered: bool = True
    error_code: int = h2.errors.ErrorCodes.NO_ERROR


@dataclass
class LimitStreams:
    """Lowers MAX_CONCURRENT_STREAMS from here on, or for the given number of seconds, and answers."""

    limit: int
    seconds: Optional[float] = None


@dataclass
class Disconnect:
    """The connection ends without a GOAWAY, in the ordinary way or in a TCP reset."""

    reset: bool = False


@dataclass
class HalfAnswer:
    """An answer's head and half of its body, then RST_STREAM."""

    error_code: int = h2.errors.ErrorCodes.INTERNAL_ERROR


@dataclass
class Raw:
    """These bytes among the frames."""

    data: bytes


@dataclass
class Hang:
    """This stream is never answered."""
