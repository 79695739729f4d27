// SPDX-License-Identifier: Apache-2.0

import CTPC

var client: OpaquePointer?
let visit = tpc_event_new()
guard tpc_client_new(nil, &client, nil) == TPC_OK.rawValue,
  tpc_event_set(visit, Int32(TPC_FIELD_PAGE_HREF.rawValue), "https://example.com/swift", -1, nil) == TPC_OK.rawValue,
  tpc_client_track(client, visit, nil) == TPC_OK.rawValue
else { fatalError("no visit was sent") }
tpc_event_free(visit)
tpc_client_close(client, 60_000, nil)
print(String(cString: tpc_version_string()))
