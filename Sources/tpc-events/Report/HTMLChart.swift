// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Draws a chart of stacked columns as SVG, with its legend and its numbers.
struct HTMLChart {
  private let chart: ReportChart
  private let title: [UInt8]
  private let number: Int
  private let html: HTMLText
  private let groups: [ReaderGroup]

  // In tenths of the drawing's unit.
  private static let width = 9600
  private static let height = 2600
  private static let left = 560
  private static let right = 160
  private static let top = 120
  private static let bottom = 320

  /// `number` tells the page's charts apart.
  init(_ chart: ReportChart, _ title: [UInt8], number: Int, _ html: HTMLText) {
    self.chart = chart
    self.title = title
    self.number = number
    self.html = html
    groups = chart.present
  }

  func put() {
    guard chart.highest > 0 else { return html.put("<p>There is nothing to show.</p>\n") }
    html.put("<figure>\n")
    legend()
    html.put("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
    html.put(escaped: title)
    html.put("\">\n")
    drawing()
    html.put("</div>\n")
    numbers()
    html.put("</figure>\n")
  }

  private func legend() {
    html.put("<ul class=\"legend\">")
    for group in groups {
      html.put("<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"")
      html.put(group.className)
      html.put("\" width=\"10\" height=\"10\"/></svg><b>")
      html.put(escaped: group.name)
      html.put("</b> <span class=\"soft\">")
      html.put(escaped: group.meaning)
      html.put("</span></li>")
    }
    html.put("</ul>\n")
  }

  // MARK: Drawing

  private var plotWidth: Int { HTMLChart.width - HTMLChart.left - HTMLChart.right }

  private var plotHeight: Int { HTMLChart.height - HTMLChart.top - HTMLChart.bottom }

  private var base: Int { HTMLChart.height - HTMLChart.bottom }

  /// A step of 1, 2 or 5 times a power of ten, of which at most five reach the highest column.
  private var step: Int {
    var power = 1
    while true {
      for factor in [1, 2, 5] where power * factor * 5 >= chart.highest { return power * factor }
      if power > Int.max / 100 { return power }
      power *= 10
    }
  }

  private func drawing() {
    html.put("<svg class=\"chart\" viewBox=\"0 0 960 260\" role=\"img\" aria-labelledby=\"chart-")
    html.put(number)
    html.put("\"><title id=\"chart-")
    html.put(number)
    html.put("\">")
    html.put(escaped: title)
    html.put("</title>\n")
    let step = step
    let most = (chart.highest + step - 1) / step * step
    for value in stride(from: 0, through: most, by: step) { grid(value, most) }
    let slot = plotWidth / max(1, chart.tallies.count)
    // A digit is about 7 wide.
    let room = 160 + 70 * chart.labels.reduce(0) { max($0, $1.short.count) }
    let every = (room + slot - 1) / max(1, slot)
    for index in chart.tallies.indices {
      column(index, slot, most)
      if index % every == 0 { label(chart.labels[index].short, HTMLChart.left + slot * index + slot / 2) }
    }
    html.put("</svg>\n")
  }

  private func grid(_ value: Int, _ most: Int) {
    let y = base - scaled(value, most)
    html.put(value == 0 ? "<line class=\"base\" x1=\"56\" x2=\"944\" y1=\"" : "<line x1=\"56\" x2=\"944\" y1=\"")
    html.put(tenths: y)
    html.put("\" y2=\"")
    html.put(tenths: y)
    html.put("\"/><text x=\"48\" text-anchor=\"end\" y=\"")
    html.put(tenths: y + 40)
    html.put("\">")
    html.put(escaped: Digits.grouped(value))
    html.put("</text>\n")
  }

  private func label(_ text: [UInt8], _ x: Int) {
    html.put("<text text-anchor=\"middle\" y=\"247\" x=\"")
    html.put(tenths: x)
    html.put("\">")
    html.put(escaped: text)
    html.put("</text>\n")
  }

  private func column(_ index: Int, _ slot: Int, _ most: Int) {
    let x = HTMLChart.left + slot * index
    html.put("<g><title>")
    html.put(escaped: words(index))
    html.put("</title>")
    rectangle("hit", x, HTMLChart.top, slot, plotHeight)
    let width = min(440, max(6, slot * 3 / 4))
    var (sum, drawn) = (0, 0)
    for group in groups where chart.tallies[index][group] > 0 {
      sum += chart.tallies[index][group]
      // What there is can be seen.
      let top = max(drawn + 8, scaled(sum, most))
      rectangle(group.className, x + (slot - width) / 2, base - top, width, top - drawn)
      drawn = top
    }
    html.put("</g>\n")
  }

  private func rectangle(_ name: StaticString, _ x: Int, _ y: Int, _ width: Int, _ height: Int) {
    html.put("<rect class=\"")
    html.put(name)
    html.put("\" x=\"")
    html.put(tenths: x)
    html.put("\" y=\"")
    html.put(tenths: y)
    html.put("\" width=\"")
    html.put(tenths: width)
    html.put("\" height=\"")
    html.put(tenths: height)
    html.put("\"/>")
  }

  private func scaled(_ value: Int, _ most: Int) -> Int { Int(Double(value) / Double(max(1, most)) * Double(plotHeight) + 0.5) }

  /// `Sat 21 Nov: 58; Training 31, Search 9`.
  private func words(_ index: Int) -> [UInt8] {
    var text = MessageBuilder()
    text.add(chart.labels[index].long)
    text.add(": ")
    text.add(grouped: chart.sum(index))
    guard groups.count > 1 else { return text.text }
    var isFirst = true
    for group in groups where chart.tallies[index][group] > 0 {
      text.add(isFirst ? "; " : ", ")
      text.add(group.name)
      text.add(" ")
      text.add(grouped: chart.tallies[index][group])
      isFirst = false
    }
    return text.text
  }

  // MARK: Numbers

  /// What the columns show, for those who cannot see them.
  private func numbers() {
    html.put("<details><summary>The numbers</summary><div class=\"scroll\"><table><thead><tr><th scope=\"col\">")
    html.put(escaped: chart.form == .hours ? "Hour" : "Time")
    html.put("</th>")
    for group in groups {
      html.put("<th scope=\"col\" class=\"n\">")
      html.put(escaped: group.name)
      html.put("</th>")
    }
    html.put("</tr></thead><tbody>\n")
    for index in chart.tallies.indices {
      html.put("<tr><th scope=\"row\" class=\"t\">")
      html.put(escaped: chart.labels[index].long)
      html.put("</th>")
      for group in groups {
        html.put("<td class=\"n\">")
        html.put(escaped: Digits.grouped(chart.tallies[index][group]))
        html.put("</td>")
      }
      html.put("</tr>\n")
    }
    html.put("</tbody></table></div></details>\n")
  }
}
