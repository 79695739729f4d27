<?php
// SPDX-License-Identifier: Apache-2.0

// For opcache.preload: with ffi.enable=preload, which is PHP's default, only preloaded code may call FFI. The library's
// functions come from the header that ffi.preload names; bin/tpc-ffi-header prints it.
declare(strict_types=1);

// Not those that extend what a framework brings: it is not there yet.
foreach (['src', 'src/Exception', 'src/Web'] as $folder) {
    array_map(opcache_compile_file(...), glob(__DIR__ . "/$folder/*.php"));
}
