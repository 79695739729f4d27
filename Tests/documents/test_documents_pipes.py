"""The examples for languages without a package: they give the tool what it takes."""

import json
import re
import subprocess

import pages

# The one call of Deno that the example needs, on Node.
DENO = """
import { spawn } from "node:child_process";
import { Writable } from "node:stream";
globalThis.Deno = {
  Command: class {
    constructor(name, options) { [this.name, this.options] = [name, options]; }
    spawn() {
      const child = spawn(this.name, this.options.args, { stdio: ["pipe", "inherit", "inherit"] });
      return { stdin: Writable.toWeb(child.stdin) };
    }
  },
};
const { track, stop } = await import("./visits.mjs");
const request = new Request("https://example.com/pricing?plan=pro", { headers: { "user-agent": "GPTBot/1.2", "cookie": "secret" } });
const response = new Response("", { headers: { "content-type": "text/html" } });
track(request, response, "192.0.2.7");
track(new Request("https://example.com/", { method: "POST" }), response, "192.0.2.7");
await stop();
"""


def test_the_module_for_deno_tracks_what_is_a_visit(sending, tmp_path, collector):
    (block,) = pages.blocks("deno")
    (tmp_path / "visits.mjs").write_text(block.text, encoding="utf-8")
    (tmp_path / "main.mjs").write_text(DENO, encoding="utf-8")
    collector.reset()
    done = subprocess.run(["node", "main.mjs"], cwd=tmp_path, env=sending, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    (record,) = collector.good()
    event = record["event"]
    assert event["page"]["href"] == "https://example.com/pricing?plan=pro"
    assert (event["request"]["userAgent"], event["request"]["clientIp"]) == ("GPTBot/1.2", "192.0.2.7")
    assert "secret" not in record["body"] and re.search(r"left out: method +1$", done.stdout, re.MULTILINE)


def test_the_module_in_elixir_gives_the_tool_what_it_takes(run, sending, tmp_path):
    (block,) = pages.blocks("elixir")
    arguments = json.loads(re.search(r"args: (\[.*?\])", block.text)[1])
    members = re.findall(r"\b(\w+): (?=conn|\"#|List|to_string|Map)", block.text)
    assert set(members) == {"method", "scheme", "host", "target", "status", "contentType", "remoteAddress", "headers"}
    values = {"status": 200, "headers": dict.fromkeys(re.search(r"~w\((.*?)\)", block.text)[1].split())}
    line = {name: values.get(name, "GET" if name == "method" else "https" if name == "scheme" else "/" if name == "target" else None) for name in members}
    (tmp_path / "line").write_text(json.dumps(line | {"host": "example.com:443"}) + "\n", encoding="utf-8")
    shown = run("bash", "-c", '"$@" --dry-run < line', "-", "tpc-events", *arguments, cwd=tmp_path, env=sending).stdout
    assert json.loads(shown)["page"]["href"] == "https://example.com/"
