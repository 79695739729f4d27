// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// How `tpc-events replay` is started: the one beside this program, or else that of the PATH.
final class ReplayProgram {
  typealias Word = UnsafeMutablePointer<CChar>

  private let program: [CChar]
  private var arguments: [Word?]
  private var environment: [Word?] = []

  init(_ flags: [Word]) {
    program = ReplayProgram.find()
    arguments = [strdup("tpc-events"), strdup("replay"), strdup("-"), strdup("--confirm"), strdup("--line-ids")]
    // Copied: the tool overwrites its credential in its arguments, and so must whoever has them too.
    for flag in flags { arguments.append(strdup(flag)) }
    arguments.append(nil)
    var entry = tpc_posix_variables
    while let variable = entry?.pointee {
      if !KafkaSettings.isOwn(variable: Bytes(cString: variable)) { environment.append(variable) }
      entry = entry.map { $0 + 1 }
    }
    environment.append(nil)
    ReplayProgram.hide(flags)
  }

  func start() -> Child {
    program.withUnsafeBufferPointer { Child(program: $0.baseAddress!, arguments: arguments, environment: environment) }
  }

  private static func find() -> [CChar] {
    let name: StaticString = "tpc-events"
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let size = path.count - name.utf8CodeUnitCount - 1
    let count = path.withUnsafeMutableBufferPointer { readlink("/proc/self/exe", $0.baseAddress!, size) }
    let plain = name.bytes.map { CChar(bitPattern: $0) } + [0]
    guard count > 0, let slash = path[0..<count].lastIndex(of: CChar(bitPattern: UInt8(ascii: "/"))) else { return plain }
    let beside = Array(path[0...slash]) + plain
    return beside.withUnsafeBufferPointer { access($0.baseAddress!, X_OK) } == 0 ? beside : plain
  }

  /// Overwrites the values of flags that are credentials: other users of the machine can read a process's arguments.
  private static func hide(_ flags: [Word]) {
    let secrets: [StaticString] = ["--api-key", "--bearer-token", "--session-token"]
    var isValue = false
    for flag in flags {
      let text = Bytes(cString: flag)
      if isValue { memset(flag, Int32(UInt8(ascii: "*")), text.count) }
      isValue = false
      for secret in secrets {
        let name = secret.bytes
        if text.matches(name) { isValue = true }
        if text.count > name.count, text.part(0, name.count).matches(name), text[name.count] == UInt8(ascii: "=") {
          memset(flag + name.count + 1, Int32(UInt8(ascii: "*")), text.count - name.count - 1)
        }
      }
    }
  }
}
