// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// Run by the loader when a process's exit reaches its programs and libraries, before those that libcurl needs are finalized: a thread
/// that is late is refused its first `PageVisits`. See the library's own, in TPCExport.
@section(".fini_array") @used
private let libraryEnd: @convention(c) () -> Void = { CurlGate.close() }
