# SPDX-License-Identifier: Apache-2.0
"""Writes the corpus: one file of JSON lines a concern, each line a candidate event and the verdict that the contract and the
RFCs have on it. Run it after a change of the rules; with --check it only says whether the files are what the rules make.
"""

import base64
import json
import pathlib
import sys

import date_times
import json_texts
import members
import uris
import utf8_texts

CONCERNS = {
    "date-times": date_times,
    "uris": uris,
    "json": json_texts,
    "utf-8": utf8_texts,
    "members": members,
}


def lines(concern):
    for candidate in concern.candidates():
        line = {
            "name": candidate.name,
            "base64": base64.b64encode(candidate.text).decode(),
            "valid": candidate.valid,
            "pointer": candidate.pointer,
        }
        yield json.dumps(line) + "\n"


def main():
    folder = pathlib.Path(__file__).parent
    stale = []
    for name, concern in CONCERNS.items():
        path = folder / f"{name}.jsonl"
        text = "".join(lines(concern))
        if "--check" not in sys.argv[1:]:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(path.name)
    if stale:
        sys.exit(f"not what the rules make: {', '.join(stale)}; run {pathlib.Path(__file__).name}")


if __name__ == "__main__":
    main()
