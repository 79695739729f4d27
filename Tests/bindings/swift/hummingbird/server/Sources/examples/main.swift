// SPDX-License-Identifier: Apache-2.0
// Beside this file, examples.py writes Examples.swift: the code of the doc comments. It is compiled, and does not run.
