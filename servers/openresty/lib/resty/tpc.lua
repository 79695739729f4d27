-- Page visits for OpenResty, and for nginx with its Lua module: libtpc over LuaJIT's FFI. docs/openresty.md shows how to use it.
--
-- Nothing here may break or delay a page: a call that fails returns nil and a message, and is logged once in a process.
--
-- SPDX-License-Identifier: Apache-2.0

local ffi = require "ffi"

local library = require "resty.tpc.library"
local request = require "resty.tpc.request"

-- As tpc.h numbers them.
local EVENT_FIELDS = { session_id = 3, anonymous_id = 4, title = 8, canonical_url = 9 }

-- Seconds. nginx kills a worker that takes more than about 1.5 to end at once.
local GRACEFUL_LIMIT, FAST_LIMIT, LOG_INTERVAL = 5, 1, 1
local LINE_CAPACITY, LINES_AT_ONCE = 512, 32
local LEVELS = { error = ngx.ERR, warn = ngx.WARN, info = ngx.INFO, debug = ngx.DEBUG }

local _M = {}
local C = library.C
local fault, left_out
local client, event, options -- of this process; options are those that init made for the workers
local failure = "init_worker was not called in this worker, or lua_code_cache is off"
local errors, clientless = 0, 0
local reported = {}
local lines -- to be written by the timer, if there is one

if C then
    _M._VERSION = ffi.string(C.tpc_version_string())
    fault = ffi.new("tpc_error")
    left_out = ffi.new("const char *[1]")
end

-- ---- What is logged

-- Logs the first message of a kind in this process; returns nil and the message. The timer writes it, since nginx adds the
-- visitor's address and request to what is logged during a request.
local function report(level, kind, message)
    if reported[kind] then return nil, message end
    reported[kind] = true
    if lines then lines[#lines + 1] = { level, message } else ngx.log(level, "tpc: ", message) end
    return nil, message
end

-- What the last call that failed says: it names the option or the field, and contains no value.
local function reason()
    local field = ffi.string(fault.field)
    return (field == "" and "" or field .. ": ") .. ffi.string(fault.message)
end

-- Writes our lines and the library's into nginx's error log.
local function write_lines()
    for _, line in ipairs(lines or {}) do ngx.log(line[1], "tpc: ", line[2]) end
    if lines then lines = {} end
    local buffer, length = ffi.new("char[?]", LINE_CAPACITY), ffi.new("size_t[1]")
    for _ = 1, LINES_AT_ONCE do
        if C.tpc_log_take(buffer, LINE_CAPACITY, length) ~= 0 or length[0] == 0 then return end
        local level, text = string.match(ffi.string(buffer, length[0]), "^(%a+): (.*)$")
        ngx.log(LEVELS[level] or ngx.WARN, "tpc: ", text)
    end
end

-- ---- Options

local function set_option(made, name, value)
    name = tostring(name)
    value = type(value) == "table" and table.concat(value, ",") or tostring(value)
    if C.tpc_options_set(made, name, #name, value, #value, fault) ~= 0 then error(reason(), 0) end
end

-- The text of a file with a key, without a byte order mark and the line's end; nil if it cannot be read.
local function key_in(path)
    local file = io.open(path, "rb")
    local content = file and file:read(8192)
    if file then file:close() end
    return content and content:gsub("^\239\187\191", ""):gsub("\r?\n$", "")
end

-- The options in their order: the module's own, the environment's, and what the caller gave. Raises a message.
local function make_options(given, may_read_key)
    local made = C.tpc_options_new()
    if made == nil then error("memory ran out", 0) end
    ffi.gc(made, C.tpc_options_free)
    local version = ngx.config.nginx_version
    set_option(made, "sdk_name", "tpc-openresty")
    set_option(made, "sdk_runtime", string.format("nginx/%d.%d.%d", version / 1e6, version / 1e3 % 1e3, version % 1e3))
    set_option(made, "log_descriptor", -1)
    set_option(made, "exit_timeout_ms", FAST_LIMIT * 1000) -- for those who forget exit_worker
    if C.tpc_options_load_environment(made, fault) ~= 0 then error(reason(), 0) end
    if given ~= nil and type(given) ~= "table" then error("the options are a " .. type(given) .. "; expected a table", 0) end
    for name, value in pairs(given or {}) do
        local key = may_read_key and name == "api_key_file" and key_in(tostring(value))
        if key and key ~= "" then name, value = "api_key", key end
        set_option(made, name, value)
    end
    if C.tpc_options_validate(made, fault) ~= 0 then error(reason(), 0) end
    return made
end

-- For init_by_lua. Runs in the master, which reads the environment, and, as root, the file that api_key_file names, even if the
-- workers may read neither. Returns true, or nil and what is wrong; with assert(), nginx does not start then, and a reload
-- changes nothing. `nginx -t` does not run init_by_lua.
function _M.init(given)
    if not C then
        failure = library.failure
        return report(ngx.ERR, "init", failure)
    end
    local made, result = pcall(make_options, given, true)
    options, failure = made and result or nil, not made and result or failure
    if not made then return report(ngx.ERR, "init", result) end
    return true
end

-- For init_worker_by_lua. Makes the worker's client, with the options that init made, or else with these.
function _M.init_worker(given)
    if client or not ngx.worker.id() then return true end -- a privileged agent, which has no requests
    if reported.init then return nil, failure end
    if not C then
        failure = library.failure
        return report(ngx.ERR, "init", failure)
    end
    local made, result = true, not given and options
    if not result then made, result = pcall(make_options, given, false) end
    local out = ffi.new("tpc_client *[1]")
    if made and C.tpc_client_new(result, out, fault) ~= 0 then made, result = false, reason() end
    options = nil
    write_lines()
    if not made then
        failure = result
        return report(ngx.ERR, "init", "there is no client, so nothing is tracked: " .. result)
    end
    client, event = out[0], C.tpc_event_new()
    local armed, message = ngx.timer.every(LOG_INTERVAL, write_lines)
    if armed then lines = {} else report(ngx.WARN, "timer", "the library's lines are logged at the end only: " .. message) end
    return true
end

-- ---- What the site adds

local function utf8_of_latin1(text)
    return (text:gsub("[\128-\255]", function(character)
        local byte = character:byte()
        return string.char(192 + math.floor(byte / 64), 128 + byte % 64)
    end))
end

-- Calls set with the text, and where that is not UTF-8, with what it is as Latin-1.
local function set_bytes(set, text)
    local status = set(text)
    return status == -3 and set(utf8_of_latin1(text)) or status
end

local function set_property(key, value)
    local kind = type(value)
    if kind == "boolean" then return C.tpc_event_set_boolean_property(event, key, #key, value and 1 or 0, fault) end
    if kind == "number" then return C.tpc_event_set_number_property(event, key, #key, value, fault) end
    if kind ~= "string" then
        report(ngx.WARN, "property", "a property is a " .. kind .. ", and is left out; expected a string, number or boolean")
        return 0
    end
    if value == "" then return 0 end
    return set_bytes(function(text) return C.tpc_event_set_string_property(event, key, #key, text, #text, fault) end, value)
end

local function set_field(name, value)
    if value == "" then return 0 end
    return set_bytes(function(text) return C.tpc_event_set(event, EVENT_FIELDS[name], text, #text, fault) end, tostring(value))
end

-- Puts what the caller of log gave into the event and the texts. What is refused is left out, and logged once.
local function add(additions)
    C.tpc_event_clear(event)
    for name, value in pairs(additions) do
        local status = 0
        if request.FIELDS[name] then
            request.set(request.FIELDS[name], value)
        elseif EVENT_FIELDS[name] then
            status = set_field(name, value)
        elseif name == "properties" and type(value) == "table" then
            for key, one in pairs(value) do
                local result = set_property(tostring(key), one)
                if result ~= 0 then report(ngx.WARN, "property " .. result, "a property is left out: " .. reason()) end
            end
        else
            report(ngx.WARN, "addition", "log was given " .. tostring(name) .. ", and does not know what that is")
        end
        if status ~= 0 then report(ngx.WARN, "field " .. status, name .. " is left out: " .. reason()) end
    end
end

-- ---- The phases

local function track(additions)
    if not client then
        clientless = clientless + 1
        error(failure, 0)
    end
    -- What nginx could not read was answered with an error.
    if not request.collect() or not request.collect_answer() then return "status" end
    if additions then add(additions) end
    local status = C.tpc_client_track_request_fields(client, request.values, request.lengths, request.count,
                                                     additions and event or nil, left_out, fault)
    if status ~= 0 then error({ kind = status, message = ffi.string(C.tpc_status_name(status)) .. ": " .. reason() }, 0) end
    return left_out[0] == nil and "tracked" or ffi.string(left_out[0])
end

-- For log_by_lua. Tracks the request if it is a page visit, and returns "tracked", or the rule that left it out: see
-- docs/web-requests.md. additions, which may be absent, has session_id, anonymous_id, title, canonical_url and properties, and
-- scheme, host, remote_address and client_address, which take precedence over what nginx says.
function _M.log(additions)
    if ngx.is_subrequest then return "subrequest" end
    local tracked, result = pcall(track, additions)
    if tracked then return result end
    errors = errors + 1
    if type(result) == "table" then return report(ngx.WARN, result.kind, "a visit was not tracked: " .. result.message) end
    if not client and reported.init then return nil, result end
    return report(ngx.ERR, "track", "a visit was not tracked: " .. tostring(result))
end

-- For the access phase, and any other. Returns the AI agent that makes the request, a table with name, operator, purpose and
-- verified (true, false, or nil for unknown); nil for anybody else. Without a client, only the library's own table counts.
function _M.ai_agent()
    if not C then return nil end
    local found, verified, is_agent = ffi.new("const char *[3]"), ffi.new("int32_t[1]", -1), 0
    local user_agent = ngx.var.http_user_agent
    if client then
        request.collect()
        is_agent = C.tpc_client_ai_agent(client, request.values, request.lengths, request.count, found, found + 1, found + 2,
                                         verified)
    elseif user_agent then
        is_agent = C.tpc_ai_agent(user_agent, #user_agent, found, found + 1, found + 2)
    end
    if is_agent ~= 1 then return nil end
    local agent = { name = ffi.string(found[0]), operator = ffi.string(found[1]), purpose = ffi.string(found[2]) }
    if verified[0] >= 0 then agent.verified = verified[0] == 1 end
    return agent
end

-- Returns this worker's counters as a table of numbers, by the names of tpc_stats, with errors, the requests that could not be
-- tracked, and clientless, those of them for which there was no client.
function _M.stats()
    local found = { errors = errors, clientless = clientless }
    if not client then return found, failure end
    local stats = ffi.new("tpc_stats")
    if C.tpc_client_stats(client, stats, ffi.sizeof(stats)) ~= 0 then return found, "the client is closed" end
    for _, name in ipairs(library.counters) do found[name] = tonumber(stats[name]) end
    return found
end

-- For exit_worker_by_lua. Delivers what is pending: for up to the given number of seconds (5) in a worker that ends gracefully,
-- and for at most one in a worker that has to end at once.
function _M.exit_worker(seconds)
    if not client then return true end
    local limit = tonumber(seconds) or GRACEFUL_LIMIT
    if not ngx.worker.exiting() then limit = math.min(limit, FAST_LIMIT) end
    local undelivered = ffi.new("size_t[1]")
    C.tpc_client_close(client, math.max(0, math.min(limit, 600)) * 1000, undelivered)
    client, failure = nil, "the worker ends"
    write_lines()
    lines = nil
    if undelivered[0] > 0 then
        ngx.log(ngx.WARN, "tpc: ", tonumber(undelivered[0]), " visits were not delivered before the worker ended")
    end
    return true
end

return _M
