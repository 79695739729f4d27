// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Writes a report as one page that needs nothing else: no script, no font, no picture, no connection.
struct HTMLReport {
  let html = HTMLText()

  /// A table of at most this many rows is kept on one page of paper.
  private static let shortTable = 16

  /// How every page begins, by which an earlier one is recognized.
  static let beginning: StaticString = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8"/>
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"/>

    """

  init(_ report: LogReport) {
    head(report.title)
    html.put("<header><h1>")
    html.put(escaped: report.title)
    html.put("</h1>\n")
    paragraph(report.period, "soft")
    html.put("</header>\n<main>\n")
    for warning in report.warnings { paragraph(warning, "warning") }
    html.put("<div class=\"tiles\">\n")
    for headline in report.headlines { tile(headline) }
    html.put("</div>\n")
    findings(report.findings)
    contents(report.sections)
    for (index, section) in report.sections.enumerated() { put(section, index) }
    html.put("</main>\n<footer>Made by tpc-events ")
    html.put(escaped: Version.text)
    html.put(" on ")
    html.put(escaped: ReportTime.day(tpc_posix_clock_ns(CLOCK_REALTIME) / 1_000_000))
    html.put(". Nothing was sent.</footer>\n</body>\n</html>\n")
  }

  /// The policy keeps a browser from fetching or running anything, whatever a log may contain.
  private func head(_ title: [UInt8]) {
    html.put(HTMLReport.beginning)
    html.put(
      """
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta name="referrer" content="no-referrer"/>
      <meta name="robots" content="noindex"/>
      <title>
      """)
    html.put(escaped: title)
    html.put("</title>\n<style>\n")
    html.put(HTMLStyle.text)
    html.put("\n</style>\n</head>\n<body>\n")
  }

  private func paragraph(_ text: [UInt8], _ name: StaticString) {
    html.put("<p class=\"")
    html.put(name)
    html.put("\">")
    html.put(escaped: text)
    html.put("</p>\n")
  }

  private func tile(_ headline: ReportHeadline) {
    html.put("<dl class=\"tile ")
    html.put(headline.group?.className ?? "others")
    html.put("\"><dt>")
    html.put(escaped: headline.label)
    html.put("</dt><dd class=\"number\">")
    html.put(escaped: headline.number)
    html.put("</dd><dd class=\"detail\">")
    html.put(escaped: headline.detail)
    html.put("</dd></dl>\n")
  }

  private func findings(_ findings: [[UInt8]]) {
    guard !findings.isEmpty else { return }
    html.put("<section class=\"findings\"><h2>What stands out</h2>\n<ul>\n")
    for finding in findings {
      html.put("<li>")
      html.put(escaped: finding)
      html.put("</li>\n")
    }
    html.put("</ul></section>\n")
  }

  private func contents(_ sections: [ReportSection]) {
    html.put("<nav aria-label=\"Contents\"><ul>\n")
    for (index, section) in sections.enumerated() {
      html.put("<li><a href=\"#part-")
      html.put(index + 1)
      html.put("\">")
      html.put(escaped: section.title)
      html.put("</a></li>\n")
    }
    html.put("</ul></nav>\n")
  }

  private func put(_ section: ReportSection, _ index: Int) {
    html.put("<section id=\"part-")
    html.put(index + 1)
    html.put((section.table?.rows.count ?? 0) <= HTMLReport.shortTable ? "\" class=\"short\"><h2>" : "\"><h2>")
    html.put(escaped: section.title)
    html.put("</h2>\n")
    paragraph(section.about, "about")
    if let chart = section.chart { HTMLChart(chart, section.title, number: index + 1, html).put() }
    if let table = section.table { HTMLTable(table, section.title, html).put() }
    for note in section.notes { paragraph(note, "notes") }
    html.put("</section>\n")
  }
}
