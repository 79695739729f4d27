// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The user whose spool it is. Files of another user in it would be refused by everybody else, so whoever changes something works as
/// that user.
enum SpoolUser {
  /// As root, becomes the folder's user. Fails for anybody else who is not that user.
  static func become(_ folder: SpoolFolder) throws(UsageError) {
    let user = folder.status.st_uid
    guard user != geteuid() else { return }
    guard geteuid() == 0, tpc_posix_become(user, folder.status.st_gid) != 0 else {
      var message = MessageBuilder()
      message.add(folder.path)
      message.add(" belongs to user ")
      message.add(Int(user))
      message.add("; expected to be run by that user, or by root (sudo -u '#")
      message.add(Int(user))
      message.add("' tpc-events ...)")
      throw UsageError(message.text, isAboutArguments: false)
    }
  }
}
