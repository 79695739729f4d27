// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("GrowableArray")
struct GrowableArrayTests {
  @Test("It does what an array does, over thousands of random operations", arguments: 0..<4 as Range<UInt64>)
  func model(seed: UInt64) {
    var list = GrowableArray<Int>()
    var model: [Int] = []
    var random = Random(seed: seed)
    for step in 0..<4000 {
      switch Int.random(in: 0..<20, using: &random) {
      case 0...3:
        let index = Int.random(in: 0...model.count, using: &random)
        let had = list.insert(step, at: index)
        #expect(had)
        model.insert(step, at: index)
      case 4...11:
        let had = list.append(step)
        #expect(had)
        model.append(step)
      case 12...15:
        let last = list.removeLast()
        #expect(last == model.popLast())
      case 16...18:
        let index = Int.random(in: -2...model.count + 2, using: &random)
        list.replace(index, with: -step)
        if model.indices.contains(index) { model[index] = -step }
      default:
        if step % 50 == 0 {
          list.removeAll()
          model = []
        }
      }
      let count = list.count
      #expect(count == model.count)
      let index = Int.random(in: -2...model.count + 2, using: &random)
      #expect(list[index] == (model.indices.contains(index) ? model[index] : nil))
    }
  }

  @Test("Outside of it there is nothing, and nothing happens")
  func outside() {
    var list = GrowableArray<UInt8>()
    list.replace(0, with: 1)
    let last = list.removeLast()
    #expect(last == nil && list[0] == nil && list[-1] == nil && list[Int.max] == nil && list[Int.min] == nil)
  }

  @Test("What was reserved is appended without growing")
  func reserves() {
    var list = GrowableArray<Int>()
    for count in [0, 1, 8, 9, 1000] {
      let had = list.reserve(count)
      #expect(had)
      for index in 0..<count {
        let room = list.append(index)
        #expect(room)
      }
    }
    let count = list.count
    #expect(count == 1018 && list[1017] == 999)
    let had = list.reserve(-1)
    #expect(had)
  }
}
