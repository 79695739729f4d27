// SPDX-License-Identifier: Apache-2.0

/// How a page looks: on a light and a dark screen, on a narrow one, and on A4 paper.
enum HTMLStyle {
  static let text: StaticString = """
    :root {
      color-scheme: light dark;
      --ink: #18212d; --soft: #566273; --line: #d9dfe6; --paper: #ffffff; --card: #f4f6f9; --strong: #0f4fa8;
      --training: #3a63cf; --search: #0f8a83; --user: #d06c0a; --agent: #8d45b5; --people: #c22a6f; --others: #8a96a5;
      --warn: #7a4b00; --warn-card: #fff4dc; --warn-line: #e5b64c;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ink: #e6ebf2; --soft: #a3afbe; --line: #333d4a; --paper: #12171e; --card: #1b222c; --strong: #8db9f7;
        --training: #7c9df5; --search: #3fc2b6; --user: #f2a24a; --agent: #c68be8; --people: #f47fae; --others: #7b8796;
        --warn: #f6d48b; --warn-card: #33280f; --warn-line: #8a6a1f;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 2.2rem 1.4rem 3rem; max-width: 80rem; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
      font-variant-numeric: tabular-nums;
    }
    h1 { margin: 0 0 .2rem; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.01em; overflow-wrap: anywhere; }
    h2 { margin: 0 0 .25rem; font-size: 1.2rem; line-height: 1.3; }
    section { margin-top: 2.6rem; }
    p, ul { margin: .3rem 0; }
    .soft, .about, .notes { color: var(--soft); }
    .about { max-width: 62rem; margin-bottom: .9rem; }
    .notes { font-size: .87rem; max-width: 62rem; margin-top: .6rem; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .8rem; margin-top: 1.6rem; }
    .tile { margin: 0; padding: .9rem 1rem; background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--others); border-radius: 6px; }
    .tile.training { border-top-color: var(--training); } .tile.user { border-top-color: var(--user); }
    .tile.people { border-top-color: var(--people); }
    .tile dt { font-weight: 600; line-height: 1.35; }
    .tile dd { margin: 0; }
    .tile .number { font-size: 2rem; font-weight: 700; line-height: 1.15; letter-spacing: -.02em; }
    .tile .detail { margin-top: .25rem; font-size: .87rem; line-height: 1.4; color: var(--soft); }
    .tile { display: flex; flex-direction: column; } .tile .number { order: -1; }
    .warning { margin: 1.2rem 0 0; padding: .7rem 1rem; background: var(--warn-card); color: var(--warn); border: 1px solid var(--warn-line); border-radius: 6px; }
    .findings ul { padding-left: 1.2rem; max-width: 62rem; }
    .findings li { margin: .3rem 0; }
    nav { margin-top: 1.6rem; font-size: .9rem; }
    nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; }
    a { color: var(--strong); }
    .scroll { overflow-x: auto; }
    .scroll:focus-visible { outline: 2px solid var(--strong); outline-offset: 3px; }
    table { border-collapse: collapse; width: 100%; font-size: .9rem; }
    th, td { padding: .38rem .6rem; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line); }
    thead th { color: var(--soft); font-weight: 600; border-bottom: 2px solid var(--line); vertical-align: bottom; line-height: 1.25; }
    tbody th { font-weight: 600; }
    .n { text-align: right; white-space: nowrap; } .t { white-space: nowrap; }
    thead .n { white-space: normal; }
    .many { font-size: .8rem; } .many :is(th, td) { padding-left: .34rem; padding-right: .34rem; } .many .b { width: 6%; min-width: 4rem; }
    table :is(th, td):first-child { padding-left: 0; } table :is(th, td):last-child { padding-right: 0; }
    .p { overflow-wrap: anywhere; min-width: 13rem; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .85rem; font-weight: 400; }
    thead .p { font-family: inherit; font-size: inherit; font-weight: 600; }
    .b { width: 18%; min-width: 6rem; }
    .b svg { display: block; width: 100%; height: .75rem; }
    tbody tr:hover { background: var(--card); }
    figure { margin: 0; }
    .chart { display: block; width: 100%; min-width: 42rem; height: auto; }
    .chart text { fill: var(--soft); font-size: 12px; }
    .chart line { stroke: var(--line); } .chart .base { stroke: var(--soft); }
    .chart .hit { fill: transparent; } .chart g:hover .hit { fill: var(--line); fill-opacity: .5; }
    .training { fill: var(--training); } .search { fill: var(--search); } .user { fill: var(--user); }
    .agent { fill: var(--agent); } .people { fill: var(--people); } .others { fill: var(--others); }
    .legend { list-style: none; padding: 0; margin: 0 0 .6rem; display: flex; flex-wrap: wrap; gap: .2rem 1.3rem; font-size: .9rem; }
    .legend svg { width: .8em; height: .8em; margin-right: .4em; }
    .legend b { font-weight: 600; }
    details { margin-top: .6rem; font-size: .9rem; } summary { cursor: pointer; color: var(--strong); }
    details table { width: auto; margin-top: .4rem; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    footer { margin-top: 3rem; padding-top: .8rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .87rem; }
    @media print {
      @page { size: A4; margin: 13mm 12mm; }
      :root {
        color-scheme: light;
        --ink: #000000; --soft: #444c57; --line: #c9d0d8; --paper: #ffffff; --card: #ffffff; --strong: #000000;
        --training: #3a63cf; --search: #0f8a83; --user: #d06c0a; --agent: #8d45b5; --people: #c22a6f; --others: #8a96a5;
        --warn: #000000; --warn-card: #ffffff;
      }
      html { font-size: 12px; }
      body { padding: 0; max-width: none; font-size: 9.5pt; line-height: 1.4; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      h1 { font-size: 17pt; } h2 { font-size: 12.5pt; }
      h2, .about, .legend { break-after: avoid; }
      section { margin-top: 7mm; }
      nav, details { display: none; }
      .tiles { grid-template-columns: repeat(5, 1fr); gap: 2mm; margin-top: 4mm; break-inside: avoid; }
      .tile { padding: 2mm; } .tile .number { font-size: 15pt; } .tile dt { font-size: 8.5pt; } .tile .detail { font-size: 7.5pt; }
      .scroll { overflow: visible; }
      .chart { min-width: 0; } figure, tr, .warning { break-inside: avoid; }
      table { font-size: 8pt; } th, td { padding: .9mm 1.2mm; }
      thead { display: table-header-group; } .short { break-inside: avoid; }
      .many { font-size: 6.7pt; } .many th, .many td { padding: .8mm .6mm; } .many .b { display: none; }
      .p { min-width: 0; font-size: 7.5pt; } .b { min-width: 0; }
      tbody tr:hover { background: none; }
    }
    """
}
