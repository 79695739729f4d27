# SPDX-License-Identifier: Apache-2.0
"""The declarations that are written by hand, held against the library's own and tried by TypeScript's compiler."""

import json
import re
import subprocess

import pytest
from support.header import DECLARATIONS
from support.paths import ROOT

from library.abi import option_table

from . import option_types

LIB = ROOT / "bindings" / "node" / "lib"
camel_case = option_types.camel_case


def members(interface):
    """The names of an interface's members."""
    text = (LIB / "index.d.ts").read_text(encoding="utf-8")
    [body] = re.findall(rf"^export interface {interface} \{{\n(.*?)^\}}", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^  (\w+)\??:", body, flags=re.MULTILINE)


def test_the_types_of_the_options_are_those_of_the_library_s_table():
    assert option_types.FILE.read_text(encoding="utf-8") == option_types.written()


def test_every_option_has_its_type_and_says_in_an_editor_what_it_means():
    text = option_types.FILE.read_text(encoding="utf-8")
    found = re.findall(r"  /\*\*((?:(?!\*/).)+)\*/\n  (\w+)\?: ([^\n]*);$", text, re.MULTILINE | re.DOTALL)
    by_name = {name: (comment, kind) for comment, name, kind in found}
    options = option_table.in_the_source()
    assert sorted(by_name) == sorted(camel_case(option.name) for option in options)
    for option in options:
        comment, kind = by_name[camel_case(option.name)]
        assert len(comment.split()) > 2, option
        if option.is_choice:
            assert re.findall(r"'(\w+)'", kind) == option.kind.split("|")


def test_no_type_has_members_that_nobody_named():
    """An index signature would let a misspelt member pass. ExtraMembers is for those who want one."""
    for file in LIB.glob("*.d.ts"):
        text = file.read_text(encoding="utf-8").replace("export interface ExtraMembers {\n  [member: string]: unknown;", "")
        assert not re.search(r"\[\w+: string\]", text), file.name


def test_every_module_that_can_be_required_has_types_under_both_ways_to_find_them():
    package = json.loads((LIB.parent / "package.json").read_text(encoding="utf-8"))
    names = [name.removeprefix("./") for name in package["exports"] if name not in (".", "./package.json")]
    for name in names:
        types = f"./lib/{name}.d.ts"
        assert package["exports"][f"./{name}"]["types"] == types
        assert package["typesVersions"]["*"][name] == [types]
        assert (LIB.parent / types).exists(), types
    assert sorted(package["typesVersions"]["*"]) == sorted(names)


def test_every_counter_of_the_library_is_there(project_20, collector):
    names = [camel_case(name) for name, _ in DECLARATIONS.structs["tpc_stats"]._fields_ if name != "size"]
    program = "console.log(Object.keys(new (require('tpc-events').Client)().stats()).join())"
    assert members("Statistics") == names == project_20.run("-e", program, collector=collector).strip().split(",")


# How TypeScript finds modules: as Node does, and as it did before (node10), which is usual with Express and CommonJS.
NODENEXT = ["--module", "nodenext", "--moduleResolution", "nodenext"]
NODE10 = ["--module", "commonjs", "--moduleResolution", "node", "--esModuleInterop"]


@pytest.fixture(scope="module")
def compiled(project_20):
    """What TypeScript's compiler says about all programs, which it compiles in one run for each way to find modules."""
    output = ""
    express = project_20.folder / "node_modules" / "@types" / "express"
    express.mkdir(parents=True)
    (express / "index.d.ts").write_text(EXPRESS, encoding="utf-8")
    for name, text in PROGRAMS.items():
        (project_20.folder / name).write_text(text, encoding="utf-8")
    for way, extensions in ((NODENEXT, ("mts", "cts")), (NODE10, ("ts",))):
        names = [name for name in PROGRAMS if name.rpartition(".")[2] in extensions]
        command = ["tsc", "--noEmit", "--strict", *way, "--target", "es2022", "--lib", "es2022", *names]
        output += subprocess.run(command, cwd=project_20.folder, capture_output=True, text=True, check=False).stdout
    return output


# What @types/express has, as far as the programs use it. The types of the other frameworks are not there.
EXPRESS = """
export interface Request { method: string; session?: { id: string } }
export interface Response { statusCode: number }
"""
RIGHT = """
const client: Client = new Client({ apiKey: 'k', trustedProxies: ['private'], queueMaxEvents: 5, clientIp: 'omit', logger: { error() {}, warn() {} } });
client.track({
  page: { href: 'https://example.com/', title: null }, occurredAt: new Date(), properties: { a: 1n, b: null },
});
const page: Page & ExtraMembers = { href: 'https://example.com/', section: 'news' };
const extended: PageVisit & ExtraMembers = { page, campaign: 'spring' };
client.track(extended);
const event = { page: { title: 'x' } };
const left: LeftOut | null = client.trackRequest({ method: 'GET', host: 'example.com', target: '/', event });
const numbers: Promise<number>[] = [client.flush(), client.close(5)];
async function read() {
  for await (const { outcome, eventId } of Client.shared().reports()) console.assert(outcome === 'delivered', eventId);
}
const error: TpcError = new ValidationError('TPC_ERROR_INVALID_EVENT', '/page', 'text');
const accepted: number = client.stats().accepted;
const operator: string | undefined = aiAgent('GPTBot')?.operator ?? aiAnswer(null, 'https://example.com/')?.evidence;
class Reply { statusCode = 200 }
type Listener = (request: { url: string }, reply: Reply) => void;
const handler: Listener = listen((request: { url: string }, reply: Reply) => undefined, { client });
const middleware: (request: any, response: any, next: () => void) => void =
  express({ labelAiAgents: true, event: (request, response) => ({ properties: { status: response.statusCode } }) });
const own = express<{ user: string }, {}>({ event: (request) => ({ sessionId: request.user }) });
const later = express({ event: async () => ({ properties: { at: new Date() } }), beforeSend: (visit) => visit.page.title ? visit : null });
fastify({}, { client, beforeSend: async () => false }, () => undefined);
koa({ event: (context) => ({ sessionId: context.state.session }) });
const passes: (request: unknown) => void = next.pageVisits();
const remove: () => void = metrics.registerOpenTelemetry({} as any, client);
const text: string = metrics.exposition(client) + metrics.contentType;
async function tested() {
  const href: string = (await testing.capture(() => client.track({ page }))).map((visit) => visit.page.href).join();
  const [visit] = await testing.capture().wait(1);
  return href + visit.eventId;
}
export { left, numbers, read, error, accepted, operator, handler, middleware, own, later, passes, remove, text, tested };
declare const console: { assert(...values: unknown[]): void };
"""
NAMES = "Client, ExtraMembers, LeftOut, Page, PageVisit, TpcError, ValidationError, aiAgent, aiAnswer"
IMPORTS = f"""
import {{ {NAMES} }} from 'tpc-events';
import express from 'tpc-events/express';
import fastify from 'tpc-events/fastify';
import koa from 'tpc-events/koa';
import listen from 'tpc-events/http';
import * as next from 'tpc-events/next';
import * as metrics from 'tpc-events/metrics';
import * as testing from 'tpc-events/testing';
"""
REQUIRES = re.sub(r"import (?:\* as )?(\w+) from ('[^']+')", r"import \1 = require(\2)", IMPORTS)
WRONG = """
import { Client, PageVisit } from 'tpc-events';
import express = require('tpc-events/express');
const client = new Client({ requestTimeout: 5 });
client.track({ page: {} });
client.track({ page: { href: 'https://example.com/' }, properties: { a: {} } });
client.flush('5');
client.track({ page: { href: 'https://example.com/' }, requst: { userAgent: 'x' } });
client.track({ page: { href: 'https://example.com/', titel: 'x' } });
client.track({ page: { href: 'https://example.com/' }, request: { userAgnt: 'x' } });
const visit: PageVisit = { page: { href: 'https://example.com/' }, sdk: { nmae: 'x' } };
client.trackRequest({ method: 'GET', target: '/', event: { requst: {} } });
express({ event: () => ({ requst: { userAgent: 'x' } }) });
express({ event: () => ({ sessionId: 'x', page: { titel: 'x' } }) });
express({ event: (request) => ({ sessionId: request.sesion.id }) });
express({ trustdProxies: 'private' });
new Client({ logger: { warn() {} } });
"""
PROGRAMS = {
    "right.mts": IMPORTS + RIGHT,
    "right.cts": REQUIRES + RIGHT,
    "right.ts": IMPORTS + RIGHT,
    "wrong.cts": WRONG,
    "wrong.ts": WRONG,
    "wrong.mts": WRONG.replace("express = require('tpc-events/express')", "express from 'tpc-events/express'"),
}


def errors_in(compiled, program):
    return re.findall(rf"^{re.escape(program)}\((\d+),.*", compiled, flags=re.MULTILINE)


@pytest.mark.parametrize("program", [name for name in PROGRAMS if name.startswith("right")])
def test_a_program_that_is_right_compiles(compiled, program):
    assert errors_in(compiled, program) == []


def test_the_compiler_finds_fault_with_nothing_but_the_programs_that_are_wrong(compiled):
    assert [line for line in compiled.splitlines() if not line.startswith(("wrong.", " "))] == []


@pytest.mark.parametrize("program", [name for name in PROGRAMS if name.startswith("wrong")])
def test_a_wrong_program_has_an_error_in_every_line(compiled, program):
    last = WRONG.count("\n")
    assert sorted({int(line) for line in errors_in(compiled, program)}) == list(range(4, last + 1))
