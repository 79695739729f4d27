-- The texts of the current request, as tpc_client_track_request_fields takes them.
--
-- SPDX-License-Identifier: Apache-2.0

local ffi = require "ffi"
local C = require("resty.tpc.library").C

-- As tpc.h numbers them.
local METHOD, SCHEME, HOST, TARGET, REMOTE_ADDRESS, CLIENT_ADDRESS, CONTENT_TYPE, STATUS = 0, 1, 2, 3, 4, 5, 6, 7
local USER_AGENT = 16
local SLASH = 47

-- What the caller of log may set.
local _M = { FIELDS = { scheme = SCHEME, host = HOST, remote_address = REMOTE_ADDRESS, client_address = CLIENT_ADDRESS } }
if not C then return _M end

local header_names = {}
while C.tpc_request_header(#header_names) ~= nil do
    header_names[#header_names + 1] = ffi.string(C.tpc_request_header(#header_names))
end

_M.count = USER_AGENT + #header_names
_M.values = ffi.new("const char *[?]", _M.count)
_M.lengths = ffi.new("size_t[?]", _M.count)
local values, lengths = _M.values, _M.lengths
local values_size, lengths_size = ffi.sizeof(values), ffi.sizeof(lengths)
local texts -- keeps what values points to

-- Sets one text; nil and an empty one are absent.
local function set(field, text)
    if text == nil or text == "" then return end
    text = tostring(text)
    texts[field], values[field], lengths[field] = text, text, #text
end

_M.set = set

-- The headers that the library reads, and who sent them: the peer is the connection's, whatever real_ip made of it.
local function collect_visitor()
    texts = {}
    ffi.fill(values, values_size)
    ffi.fill(lengths, lengths_size)
    local headers = ngx.req.get_headers(0)
    for i = 1, #header_names do
        local value = rawget(headers, header_names[i])
        if value then set(USER_AGENT + i - 1, type(value) == "table" and table.concat(value, ", ") or value) end
    end
    local visitor = ngx.var.remote_addr
    local peer = ngx.var.realip_remote_addr or visitor
    set(REMOTE_ADDRESS, peer)
    if peer ~= visitor then set(CLIENT_ADDRESS, visitor) end
    return headers
end

-- The Host header; without one, the name of the server, unless that is a pattern or a name that no request has; else the
-- address that the request was sent to.
local function host_of(headers)
    local host = rawget(headers, "host")
    if type(host) == "string" and host ~= "" then return host end
    host = ngx.var.host
    if host and host ~= "" and not host:find("[*~_]") then return host end
    local address, port = ngx.var.server_addr, ngx.var.server_port
    if not address or not port or address:find("^unix:") then return nil end
    return (address:find(":", 1, true) and "[" .. address .. "]" or address) .. ":" .. port
end

-- The request as it came, before rewrites and error pages. False if nginx could not read it.
function _M.collect()
    local headers = collect_visitor()
    local line, target = ngx.var.request, ngx.var.request_uri
    local space = line and line:find(" ", 1, true)
    if not space or not target or target == "" then return false end
    local method = line:sub(1, space - 1)
    -- A whole URL, as proxies send it, stays one: its host counts.
    if line:byte(space + 1) ~= SLASH then target = line:match("^%a[%w+.-]*://%S+", space + 1) or target end
    set(METHOD, method)
    set(TARGET, target)
    set(SCHEME, ngx.var.scheme)
    set(HOST, host_of(headers))
    return true
end

-- False if there was no answer, since the client gave up.
function _M.collect_answer()
    local status = ngx.var.status
    if not status or status < "100" then return false end
    set(STATUS, status)
    set(CONTENT_TYPE, ngx.var.sent_http_content_type)
    return true
end

return _M
