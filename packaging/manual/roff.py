# SPDX-License-Identifier: Apache-2.0
"""Writing manual pages: the few requests of man(7) that the pages use."""

import re


def escaped(text):
    """Text that roff shows as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    # A list without spaces may be longer than a line: it breaks after its commas.
    text = re.sub(r",(?=\S)", r",\\:", text)
    return re.sub(r"^(?=[.'])", r"\\&", text, flags=re.MULTILINE)


class Page:
    """A manual page, written from top to bottom."""

    def __init__(self, name, section, version):
        # No date: the same sources make the same page.
        self._lines = [f'.TH "{name.upper()}" "{section}" "" "libtpc {version}" "libtpc manual"', ".nh", ".ad l"]

    def section(self, title):
        self._lines.append(f'.SH "{escaped(title.upper())}"')

    def subsection(self, title):
        self._lines.append(f'.SS "{escaped(title)}"')

    def paragraph(self, text):
        self._lines += [".PP", escaped(text)]

    def name(self, name, purpose):
        """The line that `apropos` reads."""
        self.section("Name")
        self._lines.append(f"{escaped(name)} \\- {escaped(purpose)}")

    def entry(self, term, meaning):
        """A term in bold, and its meaning, indented below it."""
        self._lines += [".TP", f".B {escaped(term)}", escaped(meaning)]

    def literal(self, lines, bold=False):
        """Lines that are shown as they stand."""
        self._lines += [".PP", ".RS 4" if not bold else ".RS 0", ".nf"]
        self._lines += [f"\\fB{escaped(line)}\\fR" if bold and line else escaped(line) for line in lines]
        self._lines += [".fi", ".RE"]

    def indented(self, write):
        """Indents what `write` writes."""
        self._lines.append(".RS 4")
        write()
        self._lines.append(".RE")

    def text(self):
        return "\n".join(self._lines) + "\n"
