-- libtpc over LuaJIT's FFI: its declarations, and the loaded library, or why it cannot be loaded.
--
-- SPDX-License-Identifier: Apache-2.0

local ffi = require "ffi"

-- What is used of tpc.h. A test compares it with the header.
local DECLARATIONS = [[
typedef struct tpc_error { int32_t status; char field[60]; char message[192]; } tpc_error;
const char *tpc_version_string(void);
const char *tpc_status_name(int32_t status);

typedef struct tpc_options tpc_options;
tpc_options *tpc_options_new(void);
int32_t tpc_options_load_environment(tpc_options *options, tpc_error *error);
int32_t tpc_options_set(tpc_options *options, const char *name, size_t name_length, const char *value,
                        size_t value_length, tpc_error *error);
int32_t tpc_options_validate(const tpc_options *options, tpc_error *error);
void tpc_options_free(tpc_options *options);

typedef struct tpc_event tpc_event;
tpc_event *tpc_event_new(void);
void tpc_event_clear(tpc_event *event);
int32_t tpc_event_set(tpc_event *event, int32_t field, const char *value, size_t length, tpc_error *error);
int32_t tpc_event_set_string_property(tpc_event *event, const char *key, size_t key_length, const char *value,
                                      size_t value_length, tpc_error *error);
int32_t tpc_event_set_number_property(tpc_event *event, const char *key, size_t key_length, double value,
                                      tpc_error *error);
int32_t tpc_event_set_boolean_property(tpc_event *event, const char *key, size_t key_length, int32_t value,
                                       tpc_error *error);

typedef struct tpc_client tpc_client;
int32_t tpc_client_new(const tpc_options *options, tpc_client **out, tpc_error *error);
int32_t tpc_client_close(tpc_client *client, int32_t timeout_ms, size_t *undelivered);
typedef struct tpc_stats {
    uint64_t size; uint64_t accepted; uint64_t delivered; uint64_t rejected; uint64_t expired; uint64_t abandoned;
    uint64_t pending; uint64_t refused_invalid; uint64_t refused_too_large; uint64_t refused_queue_full;
    uint64_t refused_system; uint64_t sampled_out; uint64_t disabled; uint64_t requests; uint64_t failed_requests;
    uint64_t retries; uint64_t odd_responses; uint64_t reports_dropped; uint64_t queue_bytes; uint64_t in_flight;
    uint64_t left_out; uint64_t spooled; uint64_t adopted; uint64_t unspooled; uint64_t spool_bytes;
    uint64_t spool_errors; uint64_t spool_corrupt;
} tpc_stats;
int32_t tpc_client_stats(tpc_client *client, tpc_stats *stats, size_t size);

int32_t tpc_client_track_request_fields(tpc_client *client, const char *const *values, const size_t *lengths,
                                        size_t count, const tpc_event *event, const char **left_out, tpc_error *error);
const char *tpc_request_header(size_t index);
int32_t tpc_ai_agent(const char *user_agent, size_t length, const char **name, const char **operator_name,
                     const char **purpose);
int32_t tpc_client_ai_agent(tpc_client *client, const char *const *values, const size_t *lengths, size_t count,
                            const char **name, const char **operator_name, const char **purpose, int32_t *verified);
int32_t tpc_log_take(char *buffer, size_t capacity, size_t *length);
]]

local _M = { counters = {} } -- the names of the numbers in tpc_stats

for name in string.gmatch(string.match(DECLARATIONS, "tpc_stats {(.-)}"), "uint64_t ([%w_]+);") do
    if name ~= "size" then table.insert(_M.counters, name) end
end

local loaded, library = pcall(function()
    -- Another copy of this module may have declared them in the same Lua state.
    if not pcall(ffi.typeof, "tpc_error") then ffi.cdef(DECLARATIONS) end
    return ffi.load(ffi.os == "OSX" and "libtpc.0.dylib" or "libtpc.so.0")
end)
if loaded then _M.C = library else _M.failure = "the library cannot be loaded: " .. tostring(library) end

return _M
