// SPDX-License-Identifier: Apache-2.0

import CCurl
import CPOSIX

/// libcurl makes a pair of sockets for `curl_multi_wakeup` that programs which the host starts would inherit (7.88 and
/// before), and gives no access to them.
enum CloseOnExec {
  /// `curl_multi_init`, with that pair marked close-on-exec. The system hands out the lowest free numbers, so the pair has
  /// those that were free just before; what stands there is marked only if it is such a socket.
  static func multi() -> UnsafeMutableRawPointer? { StandardStreams.avoid { markedMulti() } }

  private static func markedMulti() -> UnsafeMutableRawPointer? {
    let first = lowestFree(), second = lowestFree()
    for descriptor in [first, second] where descriptor >= 0 { close(descriptor) }
    guard let multi = curl_multi_init() else { return nil }
    // Without the pair, libcurl makes do: its sender would sleep through every event.
    guard curl_multi_wakeup(multi) == CURLM_OK else {
      curl_multi_cleanup(multi)
      return nil
    }
    for descriptor in [first, second] where descriptor >= 0 && isPlainPair(descriptor) {
      _ = tpc_posix_set_close_on_exec(descriptor)
    }
    return multi
  }

  private static func lowestFree() -> Int32 { eventfd(0, Int32(EFD_CLOEXEC)) }

  /// An unnamed local stream socket that is inherited.
  private static func isPlainPair(_ descriptor: Int32) -> Bool {
    guard tpc_posix_is_inherited(descriptor) != 0 else { return false }
    return tpc_posix_is_unnamed_local_stream(descriptor) != 0
  }
}
