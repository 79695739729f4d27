// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Values that C holds by pointer, in memory from malloc, so that running out of memory is an error rather than a trap.
///
/// They are made and freed here rather than in the ABI's module, since an Embedded build cannot destroy a noncopyable value of
/// another module.
package enum CMemory {
  @export(interface)
  package static func makeEvent() -> UnsafeMutablePointer<PageVisit>? { allocate(PageVisit()) }

  @export(interface)
  package static func makeEvent(json: Bytes) throws(Failure) -> UnsafeMutablePointer<PageVisit> {
    guard let event = makeEvent() else { throw .outOfMemory }
    do throws(Failure) {
      try event.pointee.read(json)
    } catch let failure {
      free(event)
      throw failure
    }
    return event
  }

  @export(interface)
  package static func makeOptions() -> UnsafeMutablePointer<Options>? { allocate(Options()) }

  @export(interface)
  package static func free(_ event: UnsafeMutablePointer<PageVisit>?) {
    event?.deinitialize(count: 1)
    CTPCPOSIX.free(event)
  }

  @export(interface)
  package static func free(_ options: UnsafeMutablePointer<Options>?) {
    options?.deinitialize(count: 1)
    CTPCPOSIX.free(options)
  }

  @export(interface)
  package static func free(_ report: UnsafeMutablePointer<Report>?) { ReportQueue.destroy(report) }

  static func allocate<Value: ~Copyable>(_ value: consuming Value) -> UnsafeMutablePointer<Value>? {
    guard let memory = malloc(MemoryLayout<Value>.stride) else { return nil }
    let pointer = memory.bindMemory(to: Value.self, capacity: 1)
    pointer.initialize(to: value)
    return pointer
  }
}
