# SPDX-License-Identifier: Apache-2.0
"""Writes everything that comes from agents.json and answers.json: the core's tables, the collector's copies and the documents'.

    python3 Sources/AITables/renew.py
"""

import json
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORE = ROOT / "Sources/TPCCore/Agents"
PURPOSES = {"training": "t", "search": "s", "user": "u", "agent": "a"}
SLOT_BITS = {"agents": 9, "answers": 8}


def read(name):
    """The rows of a table."""
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def packed(key):
    """What the hash sees of a key: its length, and its first, middle and last byte without their case (NameTable.swift)."""
    text = key.encode("ascii")
    first, middle, last = (text[index] | 0x20 for index in (0, len(text) // 2, len(text) - 1))
    return first | middle << 8 | last << 16 | len(text) << 24


def slot(number, multiplier, bits):
    return (number * multiplier & 0xFFFFFFFF) >> (32 - bits)


def perfect_multiplier(keys, bits):
    """The first odd multiplier that gives each key a slot of its own."""
    numbers = [packed(key) for key in keys]
    assert len(set(numbers)) == len(numbers), "two keys look the same to the hash"
    multiplier = 0x9E3779B1
    while True:
        taken = set()
        for number in numbers:
            at = slot(number, multiplier, bits)
            if at in taken:
                break
            taken.add(at)
        else:
            return multiplier
        multiplier = (multiplier * 0x0019660D + 0x3C6EF35F & 0xFFFFFFFF) | 1


def layout(rows, bits):
    """The text with all rows, one list of literals a row, and where each slot's row starts in it (0: nowhere)."""
    multiplier = perfect_multiplier([key for key, _ in rows], bits)
    slots = [0] * (1 << bits)
    at = 1
    for key, texts in rows:
        slots[slot(packed(key), multiplier, bits)] = at
        at += sum(len(text.encode("utf-8")) + 1 for text in texts)
    assert at < 65_536
    return multiplier, slots


def swift(enum, comment, rows, bits):
    """A Swift file with one table."""
    multiplier, slots = layout(rows, bits)
    lines = [r"\0" + r"\0".join(texts) for _, texts in rows]
    text = "\n".join(f"    {line}\\" for line in lines)
    numbers = "\n".join(
        "      " + " ".join(f"{number}," for number in slots[start : start + 20]) for start in range(0, len(slots), 20)
    )
    return f"""// SPDX-License-Identifier: Apache-2.0

// Written by Sources/AITables/renew.py, from the tables beside it.

/// {comment}
enum {enum}: NameTable {{
  static let text: StaticString = \"\"\"
{text}
    \\0
    \"\"\"

  static let multiplier: UInt32 = {multiplier}

  static let shift: UInt32 = {32 - bits}

  static func start(ofSlot slot: Int) -> Int {{ Int(slots[slot & {len(slots) - 1}]) }}

  private static let slots: InlineArray<_, UInt16> = [
{numbers}
  ]
}}
"""


def agent_rows():
    """The agents by product token, and the names of those that sign their requests by the host that they sign as."""
    agents = read("agents")
    hosts = [("@" + row["signatureAgent"], row["name"]) for row in agents if "signatureAgent" in row]
    named = [(row["name"], (row["name"], row["operator"], PURPOSES[row["purpose"]])) for row in agents]
    return named + [(host, (host, name, "a")) for host, name in hosts]


def networks():
    """The tool's file with the addresses of the operators' lists."""
    rows = [(row["name"], row["networks"]) for row in read("agents") if "networks" in row]
    cases = "\n".join(f'    case {number}: ("{name}", "{url}")' for number, (name, url) in enumerate(rows))
    return f"""// SPDX-License-Identifier: Apache-2.0

// Written by Sources/AITables/renew.py, from the tables beside it.

/// Where operators publish the networks of their agents.
enum PublishedNetworks {{
  /// The agent's name and the URL of its list, by a number from 0; nil after the last one.
  static func row(_ number: Int) -> (name: StaticString, url: StaticString)? {{
    switch number {{
{cases}
    default: nil
    }}
  }}
}}
"""


def answer_rows():
    return [(row["host"], (row["host"], row["name"], row["operator"])) for row in read("answers")]


def page(text):
    """docs/agents-and-answers.md with its two tables written anew."""
    agents = [f"| `{r['name']}` | {r['operator']} | {r['purpose']} | [source]({r['source']}) |" for r in read("agents")]
    names = {}
    for row in read("answers"):
        names.setdefault((row["name"], row["operator"]), []).append(f"`{row['host']}`")
    answers = [f"| {name} | {operator} | {', '.join(hosts)} |" for (name, operator), hosts in names.items()]
    for heading, rows in (("agent", agents), ("answer", answers)):
        table = re.search(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)*)", text, re.MULTILINE)
        text = text[: table.start(1)] + "\n".join(rows) + "\n" + text[table.end(1) :]
    return text


def files():
    """Every file that is written, with its contents."""
    made = {
        CORE / "AIAgentTable.swift": swift(
            "AIAgentTable", "The AI agents: product token, operator, and the purpose's first letter; and @ with a host, and who signs as it.", agent_rows(), SLOT_BITS["agents"]
        ),
        CORE / "AIAnswerTable.swift": swift(
            "AIAnswerTable", "The services that answer with AI: host, name, operator.", answer_rows(), SLOT_BITS["answers"]
        ),
    }
    made[ROOT / "Sources/tpc-events/Commands/PublishedNetworks.swift"] = networks()
    for name in ("agents", "answers"):
        made[ROOT / f"collector/tpc_collector/{name}.json"] = (HERE / f"{name}.json").read_text(encoding="utf-8")
    document = ROOT / "docs/agents-and-answers.md"
    made[document] = page(document.read_text(encoding="utf-8"))
    return made


if __name__ == "__main__":
    for path, contents in files().items():
        path.write_text(contents, encoding="utf-8")
