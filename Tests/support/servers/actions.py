"""What the fault server does with a connection or a request."""

from dataclasses import dataclass
from typing import Optional, Union

# When an action cuts in. For a connection: on_accept takes the first two. For a request: a script takes the rest.
ACCEPT = "accept"  # nothing was read
HELLO = "hello"  # the first bytes were read: with TLS, in the middle of the handshake
HEADERS = "headers"  # the request's head was read, its body was not
BODY = "body"  # the whole request was read, nothing was answered
RESPONSE = "response"  # half of the answer was sent


@dataclass
class Reset:
    """The connection ends in a TCP reset, the given number of seconds after the moment."""

    at: str
    delay: float = 0.0


@dataclass
class Close:
    """The connection ends in the ordinary way, without an answer or in the middle of it, after the given delay."""

    at: str
    delay: float = 0.0


@dataclass
class Hang:
    """Nothing more is read or written, and the connection stays open until the server ends."""

    at: str


@dataclass
class Silence:
    """From this request on, the connection is silent. With `gone`, not even its kernel acknowledges what comes."""

    gone: bool = False


@dataclass
class Reply:
    """An answer. Without a body it is the contract's, for the status it has."""

    status: int = 200
    headers: Union[dict, tuple] = ()  # a dict, or pairs where a name repeats
    body: Optional[bytes] = None
    delay: float = 0.0  # seconds before the first byte
    interval: float = 0.0  # seconds between the bytes
    informational: int = 0  # how many 103 answers come first
    declared_length: Optional[int] = None  # a Content-Length that is not the body's
    close: bool = False  # closes after the answer without having said so


@dataclass
class Flood:
    """A 200 whose body is as long as this, made while it is sent. Ends early when the client stops reading it."""

    length: int


@dataclass
class Raw:
    """These bytes instead of an answer, then the end of the connection: in the ordinary way, or in a TCP reset."""

    data: bytes
    interval: float = 0.0
    reset: bool = False
