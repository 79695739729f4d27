// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Run by the loader when a process's exit reaches its libraries, before the libraries that this one needs are
/// finalized. A thread that registers an exit handler as late as that would have it run after OpenSSL's cleanup, so
/// from here on a thread is refused its first client.
///
/// It is in this module because an Embedded build duplicates a module's contents in every module that imports it.
@section(".fini_array") @used
private let libraryEnd: @convention(c) () -> Void = { CurlGate.close() }
