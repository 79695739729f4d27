<?php
// SPDX-License-Identifier: Apache-2.0

// For opcache.preload: with ffi.enable=preload, which is PHP's default, only preloaded code may call FFI. The declarations
// of the library come from the header that ffi.preload names; bin/tpc-ffi-header prints that header.
declare(strict_types=1);

// Not the classes that extend a framework's: the framework is not loaded yet.
foreach (['src', 'src/Exception', 'src/Web'] as $folder) {
    array_map(opcache_compile_file(...), glob(__DIR__ . "/$folder/*.php"));
}
