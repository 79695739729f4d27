#!/bin/sh
# A compiler that only says its version: the last whose assembler does not know AVX-512 as OpenSSL uses it. See openssl.sh.
#
# SPDX-License-Identifier: Apache-2.0
echo 'clang version 6.0.0'
