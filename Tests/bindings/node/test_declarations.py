# SPDX-License-Identifier: Apache-2.0
"""The declarations that are written by hand, held against the library's own and tried by TypeScript's compiler."""

import re
import subprocess

import pytest
from support.header import DECLARATIONS
from support.paths import ROOT

from library.abi import option_table

TYPES = (ROOT / "bindings" / "node" / "lib" / "index.d.ts").read_text(encoding="utf-8")


def camel_case(name):
    return re.sub(r"_(.)", lambda match: match[1].upper(), name)


def members(interface):
    """The names of an interface's members."""
    [body] = re.findall(rf"^export interface {interface} \{{\n(.*?)^\}}", TYPES, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^  (\w+)\??:", body, flags=re.MULTILINE)


def test_every_option_of_the_library_has_its_type():
    assert sorted(members("ClientOptions")) == sorted(camel_case(option.name) for option in option_table.in_the_source())


def test_every_choice_of_an_option_has_its_type():
    choices = [option for option in option_table.in_the_source() if option.is_choice]
    assert len(choices) > 2
    # An event has members of the same names.
    options = TYPES.partition("ClientOptions {")[2].partition("\n}\n")[0]
    for option in choices:
        [union] = re.findall(rf"^  {camel_case(option.name)}\?: (.*);$", options, flags=re.MULTILINE)
        assert re.findall(r"'(\w+)'", union) == option.kind.split("|")


def test_every_counter_of_the_library_is_there(project_20, collector):
    names = [camel_case(name) for name, _ in DECLARATIONS.structs["tpc_stats"]._fields_ if name != "size"]
    program = "console.log(Object.keys(new (require('tpc-events').Client)().stats()).join())"
    assert members("Statistics") == names == project_20.run("-e", program, collector=collector).strip().split(",")


def compile_types(project, program):
    """The errors that TypeScript's compiler finds in a program of the project: empty when it is well typed."""
    (project.folder / program).write_text(PROGRAMS[program], encoding="utf-8")
    command = ["tsc", "--noEmit", "--strict", "--module", "node16", "--lib", "es2022", program]
    return subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=False).stdout


RIGHT = """
const client: Client = new Client({ apiKey: 'k', trustedProxies: ['private'], queueMaxEvents: 5, clientIp: 'omit' });
client.track({
  page: { href: 'https://example.com/', title: null }, occurredAt: new Date(), properties: { a: 1n, b: null }, more: {},
});
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
fastify({}, { client }, () => undefined);
const passes: (request: unknown) => void = next.pageVisits();
export { left, numbers, read, error, accepted, operator, handler, middleware, passes };
declare const console: { assert(...values: unknown[]): void };
"""
IMPORTS = """
import { Client, LeftOut, TpcError, ValidationError, aiAgent, aiAnswer } from 'tpc-events';
import express from 'tpc-events/express';
import fastify from 'tpc-events/fastify';
import listen from 'tpc-events/http';
import * as next from 'tpc-events/next';
"""
REQUIRES = """
import { Client, LeftOut, TpcError, ValidationError, aiAgent, aiAnswer } from 'tpc-events';
import express = require('tpc-events/express');
import fastify = require('tpc-events/fastify');
import listen = require('tpc-events/http');
import next = require('tpc-events/next');
"""
WRONG = """
import { Client } from 'tpc-events';
const client = new Client({ requestTimeout: 5 });
client.track({ page: {} });
client.track({ page: { href: 'https://example.com/' }, properties: { a: {} } });
client.flush('5');
"""
PROGRAMS = {"right.mts": IMPORTS + RIGHT, "right.cts": REQUIRES + RIGHT, "wrong.mts": WRONG, "wrong.cts": WRONG}


@pytest.mark.parametrize("program", ["right.mts", "right.cts"])
def test_a_program_that_is_right_compiles(project_20, program):
    assert compile_types(project_20, program) == ""


@pytest.mark.parametrize("program", ["wrong.mts", "wrong.cts"])
def test_a_wrong_program_has_an_error_in_every_line(project_20, program):
    lines = re.findall(rf"^{re.escape(program)}\((\d+),", compile_types(project_20, program), flags=re.MULTILINE)
    assert sorted(set(lines)) == ["3", "4", "5", "6"]
