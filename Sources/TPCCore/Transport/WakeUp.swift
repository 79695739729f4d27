// SPDX-License-Identifier: Apache-2.0

import CTPCCurl
import CTPCPOSIX

/// Wakes the sender from any thread. Not `curl_multi_wakeup`: some versions of libcurl lose a wake-up that comes while
/// they work (8.21.0; curl/curl#22272). This one stays pending until the sender has seen it.
struct WakeUp: ~Copyable {
  let descriptor: Int32

  /// Nil if the system refuses a descriptor.
  init?() {
    descriptor = StandardStreams.avoid { eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)) }
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  func signal() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }

  /// The entry that makes libcurl wait for this as well.
  var entry: curl_waitfd { curl_waitfd(fd: descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0) }

  /// Resets the wake-up after the sender has seen it.
  func clear() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
  }
}
