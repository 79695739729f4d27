# SPDX-License-Identifier: Apache-2.0
"""The options for type checkers and editors. The library has their table; a test compares the two."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, Optional, Sequence, TypedDict, Union

if TYPE_CHECKING:
    FilePath = Union[str, os.PathLike[str]]
else:
    FilePath = Union[str, os.PathLike]
# The items, or one text with commas between them.
TextList = Union[str, Sequence[str]]


class ClientOptions(TypedDict, total=False):
    """A client's options, as the keywords of Client, Client.shared, validate_options and every middleware.

    None means that the option is not given. docs/options.md has their defaults and environment variables.
    """

    api_key: Optional[str]
    """API key, sent as the header x-api-key."""
    api_key_file: Optional[FilePath]
    """File that holds the API key, in place of api_key."""
    bearer_token: Optional[str]
    """Token, sent as Authorization: Bearer."""
    session_token: Optional[str]
    """Session, sent as the cookie better-auth.session_token."""
    organization_id: Optional[str]
    """Sent as X-Tpc-Organization-Id."""
    organization_slug: Optional[str]
    """Sent as X-Tpc-Organization-Slug."""
    product_id: Optional[str]
    """Sent as X-Tpc-Product-Id."""
    product_slug: Optional[str]
    """Sent as X-Tpc-Product-Slug."""
    environment: Optional[Literal["production", "local", "dev"]]
    """Server: https://app.promptingco.com, http://localhost:3000 or http://app.localhost:3000."""
    base_url: Optional[str]
    """Server to use instead of environment's; a path before /api is kept."""
    queue_max_bytes: Optional[int]
    """Maximum bytes of pending events."""
    queue_max_events: Optional[int]
    """Maximum number of pending events."""
    max_in_flight: Optional[int]
    """HTTP/2: requests at once, on one connection."""
    max_connections: Optional[int]
    """HTTP/1.1: connections, each with one request at once."""
    connect_timeout_ms: Optional[int]
    """Limit for making a connection, including TLS."""
    request_timeout_ms: Optional[int]
    """Limit for one request, including connecting."""
    delivery_timeout_ms: Optional[int]
    """Time from track until the event is given up."""
    retry_initial_ms: Optional[int]
    """Delay before the first retry, doubled for each further one."""
    retry_max_ms: Optional[int]
    """Longest delay between retries."""
    max_event_bytes: Optional[int]
    """Maximum bytes of one event's JSON."""
    report_capacity: Optional[int]
    """Delivery reports kept until polled; 0: counters only."""
    spool_directory: Optional[FilePath]
    """Folder where accepted events are kept on disk until they are answered for; empty: in memory only."""
    spool_max_bytes: Optional[int]
    """Maximum bytes of this client's files there, in steps of 1 MiB."""
    spool_max_age_ms: Optional[int]
    """Time until an event in the spool is given up, in place of delivery_timeout_ms."""
    spool_sync: Optional[Literal["none", "interval", "always"]]
    """What survives a power loss: what the system wrote by itself, all but the last second, or whatever track accepted."""
    spool_sender: Optional[Literal["self", "shared", "never"]]
    """Who sends: each process its own events, one process for all of the folder, or tpc-events spool drain."""
    trusted_proxies: Optional[TextList]
    """Proxies whose Forwarded and X-Forwarded headers count: addresses, networks such as 10.0.0.0/8, private."""
    client_ip_header: Optional[str]
    """Trusted proxies' header for the visitor's address: CF-Connecting-IP, True-Client-IP, X-Real-IP, Fly-Client-IP."""
    include_paths: Optional[TextList]
    """Track only web requests for these paths, whatever their type; * matches any characters."""
    exclude_paths: Optional[TextList]
    """Do not track web requests for these paths, such as /admin/*."""
    page_types: Optional[TextList]
    """Content types of responses that are pages."""
    track_errors: Optional[Literal["none", "ai", "all"]]
    """Whether requests answered with 404, 410 or 5xx are tracked: not at all, AI agents' only, or all."""
    only_ai_agents: Optional[bool]
    """Whether only the visits of AI agents are sent."""
    label_ai_agents: Optional[bool]
    """Whether AI agents get the properties aiAgent, aiOperator, aiPurpose; always with ai_ranges_dir and ai_keys_dir."""
    only_ai: Optional[bool]
    """Whether only the visits of AI agents, and of people from AI answers, are sent."""
    label_ai_answers: Optional[bool]
    """Whether people from AI answers get the properties aiAnswer, aiAnswerOperator, aiAnswerEvidence."""
    ai_agents_file: Optional[FilePath]
    """JSON file of AI agents that are added to the library's, or replace them."""
    ai_ranges_dir: Optional[FilePath]
    """Folder of files with agents' networks: labeled agents get the properties aiVerified, aiVerifiedBy."""
    ai_ranges_max_age_days: Optional[int]
    """Age at which such a file no longer counts."""
    ai_keys_dir: Optional[FilePath]
    """Folder of files with agents' public keys, which verify signed requests: host.json, as chatgpt.com.json."""
    sample_rate: Optional[float]
    """Share of visitors whose events are sent, by hash of sessionId or anonymousId."""
    client_ip: Optional[Literal["full", "truncate", "omit"]]
    """Request.clientIp: unchanged, cut to its network (/24, /48), or left out."""
    anonymous_id: Optional[Literal["none", "daily"]]
    """AnonymousId of a person's visits without one: none, or an id for each visitor and day, from address and user agent."""
    privacy_signals: Optional[Literal["ignore", "minimal", "leave_out"]]
    """People who send Sec-GPC or DNT: as anyone, without address and ids, or not at all."""
    event_id: Optional[Literal["random", "request"]]
    """EventId of a web request: a new one, or one made of x-request-id or traceparent."""
    redact_query: Optional[TextList]
    """URL parameters whose values become REDACTED."""
    ca_file: Optional[FilePath]
    """File of trusted certificates (PEM), in place of the system's."""
    proxy: Optional[str]
    """Proxy's URL, http:// or https://; may contain user and password."""
    allow_insecure_http: Optional[bool]
    """Whether http:// may leave this machine."""
    log_level: Optional[Literal["off", "error", "warn", "info", "debug"]]
    """What is logged."""
    log_descriptor: Optional[int]
    """Descriptor that log lines are written to; -1: kept for tpc_log_take."""
    enabled: Optional[bool]
    """False: track accepts every event and does nothing."""
    dry_run: Optional[bool]
    """True: everything but the network."""
    name: Optional[str]
    """Name of a shared client (one per process and name)."""
    exit_timeout_ms: Optional[int]
    """How long the process's exit waits for pending events."""
    sdk_name: Optional[str]
    """Sdk.name for events without an sdk object."""
    sdk_version: Optional[str]
    """Sdk.version for these events; empty: the library's."""
    sdk_runtime: Optional[str]
    """Sdk.runtime for these events."""
