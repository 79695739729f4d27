// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What the loader runs when a process's end comes to its libraries, before the ends of those that this one needs. A handler at
/// exit that a thread registers as late as that is called behind OpenSSL's end: the thread is refused its first client instead.
///
/// In this module, since an Embedded build makes what stands in a module anew in each that imports it.
@section(".fini_array") @used
private let libraryEnd: @convention(c) () -> Void = { CurlGate.close() }
