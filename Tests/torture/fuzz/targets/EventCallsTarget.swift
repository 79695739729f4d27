// SPDX-License-Identifier: Apache-2.0

import CTPC
@testable import TPCCore

/// Any sequence of calls on one event. The event's JSON has to hold what the calls that went well have set, as another JSON
/// reader sees it, and has to be read back as the same event.
func fuzzEventCalls(_ input: inout FuzzInput) {
  guard var event = tpc_event_new() else { fatalError("memory ran out") }
  var model = EventModel()
  while !input.isEmpty { keepingTexts { call(&event, &model, &input) } }
  checkModel(event, model)
  if Verdict({ tpc_event_validate(event, $0) }).isOK {
    checkRoundTrip(event)
    checkFinalBytes(event)
    demand(Verdict { tpc_client_track(dryClient, event, $0) }.isOne(of: .ok, .tooLarge), "a valid event is taken")
  } else {
    demand(Verdict { tpc_client_track(dryClient, event, $0) }.isOne(of: .invalidEvent), "an invalid event is refused")
  }
  tpc_event_free(event)
}

/// The next call of the sequence.
private func call(_ event: inout OpaquePointer, _ model: inout EventModel, _ input: inout FuzzInput) {
  switch input.byte() % 16 {
  case 0...5: setField(event, &model, &input)
  case 6: setNull(event, &model, &input)
  case 7: setFields(event, &model, &input)
  case 8: setLong(event, &model, &input)
  case 9...12: setProperty(event, &model, &input)
  case 13:
    tpc_event_clear(event)
    model = EventModel()
  case 14: checkModel(event, model)
  default: replace(&event, &model, &input)
  }
}

private func checkModel(_ event: OpaquePointer, _ model: EventModel) {
  let hasPage = model.fields[Field.pageHref.rawValue] != nil
  demand(Verdict { tpc_event_validate(event, $0) }.isOK == hasPage, "an event is valid exactly when it has a page")
  model.check(json(of: event))
}

private func setField(_ event: OpaquePointer, _ model: inout EventModel, _ input: inout FuzzInput) {
  let (field, value) = (Int(input.byte() % 20), input.text())
  set(event, &model, field, value)
}

private func set(_ event: OpaquePointer, _ model: inout EventModel, _ field: Int, _ value: FuzzText) {
  let verdict = Verdict { tpc_event_set(event, Int32(field), value.start, value.count, $0) }
  guard field < Field.count else {
    demand(verdict.isOne(of: .invalidArgument), "a number that does not belong to a field is refused")
    return
  }
  demand(verdict.isOne(of: .ok, .invalidEvent, .tooLarge), "a value is set, or refused for what it is")
  if verdict.isOK { model.fields[field] = .text(Array(value.bytes)) }
}

/// A value that makes the event's memory grow or move, of a letter that grows when it is escaped or one that does not.
private func setLong(_ event: OpaquePointer, _ model: inout EventModel, _ input: inout FuzzInput) {
  let letter: [UInt8] = [0x61, 0x01, 0x22]
  let value = FuzzText([UInt8](repeating: letter[Int(input.byte() % 3)], count: Int(input.byte()) * 128))
  if input.byte() & 1 == 0 {
    set(event, &model, Field.pageTitle.rawValue, value)
  } else {
    setText(event, &model, input.text(), value)
  }
}

private func setNull(_ event: OpaquePointer, _ model: inout EventModel, _ input: inout FuzzInput) {
  let field = Int(input.byte() % 20)
  let verdict = Verdict { tpc_event_set_null(event, Int32(field), $0) }
  let takesNull = Field(rawValue: field)?.isNullable ?? false
  demand(verdict.isOK == takesNull, "exactly the nullable fields take null")
  if verdict.isOK { model.fields[field] = .null }
}

private func setFields(_ event: OpaquePointer, _ model: inout EventModel, _ input: inout FuzzInput) {
  let count = Int(input.byte() % 19)
  var texts: [FuzzText?] = []
  var lengths: [Int] = []
  for _ in 0..<count {
    switch input.byte() % 4 {
    case 0:
      texts.append(nil)
      lengths.append(0)
    case 1:
      texts.append(nil)
      lengths.append(-2)
    default:
      let text = input.text()
      texts.append(text)
      lengths.append(text.count)
    }
  }
  let verdict = Verdict { tpc_event_set_fields(event, texts.map { $0?.start }, lengths, count, $0) }
  guard count <= Field.count else {
    demand(verdict.isOne(of: .invalidArgument), "more fields than there are, are refused")
    return
  }
  // It stops at the first that is refused; which one that is shows when they are set one by one.
  for index in 0..<count {
    if lengths[index] == -2 {
      guard Verdict({ tpc_event_set_null(event, Int32(index), $0) }).isOK else {
        return demand(!verdict.isOK, "a refusal is reported")
      }
      model.fields[index] = .null
    } else if let text = texts[index] {
      guard Verdict({ tpc_event_set(event, Int32(index), text.start, text.count, $0) }).isOK else {
        return demand(!verdict.isOK, "a refusal is reported")
      }
      model.fields[index] = .text(Array(text.bytes))
    }
  }
  demand(verdict.isOK, "fields that are taken one by one are taken together")
}

private func setProperty(_ event: OpaquePointer, _ model: inout EventModel, _ input: inout FuzzInput) {
  let (kind, key) = (input.byte() % 5, input.text())
  let (verdict, value): (Verdict, EventModel.Value)
  switch kind {
  case 0: return setText(event, &model, key, input.text())
  case 1:
    let number = Double(bitPattern: input.word())
    verdict = Verdict { tpc_event_set_number_property(event, key.start, key.count, number, $0) }
    demand(!verdict.isOK || number.isFinite, "only a finite number is taken")
    value = .number(number)
  case 2:
    let number = Int64(bitPattern: input.word())
    verdict = Verdict { tpc_event_set_integer_property(event, key.start, key.count, number, $0) }
    value = .integer(number)
  case 3:
    let given = input.byte()
    verdict = Verdict { tpc_event_set_boolean_property(event, key.start, key.count, Int32(given), $0) }
    value = .boolean(given != 0)
  default:
    verdict = Verdict { tpc_event_set_null_property(event, key.start, key.count, $0) }
    value = .null
  }
  model.set(key, value, verdict)
}

private func setText(_ event: OpaquePointer, _ model: inout EventModel, _ key: FuzzText, _ value: FuzzText) {
  let verdict = Verdict {
    tpc_event_set_string_property(event, key.start, key.count, value.start, value.count, $0)
  }
  model.set(key, .text(Array(value.bytes)), verdict)
}

/// Goes on with the event that its own JSON gives, or another text.
private func replace(_ event: inout OpaquePointer, _ model: inout EventModel, _ input: inout FuzzInput) {
  let text = input.byte() & 1 == 0 ? json(of: event) : input.text()
  var read: OpaquePointer?
  guard Verdict({ tpc_event_from_json(text.start, text.count, &read, $0) }).isOK, let read else { return }
  tpc_event_free(event)
  event = read
  // Of what it holds, only the page is looked at.
  model = EventModel()
  let page = UnsafeMutablePointer<PageVisit>(read).pointee.value(.pageHref)
  model.fields[Field.pageHref.rawValue] = page.map { .text(Array($0)) }
}
