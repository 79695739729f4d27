<?php
// SPDX-License-Identifier: Apache-2.0

// For opcache.preload: with ffi.enable=preload, which is PHP's default, only preloaded code may call FFI. The library's
// functions come from the header that ffi.preload names; bin/tpc-ffi-header prints it.
declare(strict_types=1);

foreach ([...glob(__DIR__ . '/src/*.php'), ...glob(__DIR__ . '/src/Exception/*.php')] as $file) {
    opcache_compile_file($file);
}
