<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use FFI;
use Tpc\Exception\LibraryException;

/**
 * The shared library's functions, by the declarations of tpc.h. Found once a request; the library itself stays loaded while
 * the process lives.
 *
 * @internal
 */
final class Library
{
    /** The scope that a header preloaded by ffi.preload defines. */
    public const SCOPE = 'TPC';
    private const NAME = 'libtpc.so.0';
    /** What the library itself needs, and the Debian package that has it. */
    private const NEEDED = ['libcurl.so.4' => 'libcurl4', 'libjansson.so.4' => 'libjansson4'];

    private static ?FFI $functions = null;

    /** @throws LibraryException when FFI is forbidden or the library cannot be loaded */
    public static function functions(): FFI
    {
        return self::$functions ??= self::preloaded() ?? self::load()[0];
    }

    /**
     * Loads the library from the first place that has it.
     *
     * @return array{FFI, string} the functions, and the file or name that was loaded
     * @throws LibraryException
     */
    public static function load(): array
    {
        $declarations = self::declarations();
        $tried = [];
        foreach (self::places() as $origin => $path) {
            try {
                return [FFI::cdef($declarations, $path), $path];
            } catch (FFI\Exception $error) {
                $tried[] = "$path ($origin): {$error->getMessage()}";
            }
        }
        $places = implode('; ', $tried);
        throw LibraryException::because('found no ' . self::NAME . " that loads; tried $places" . self::missing());
    }

    /** The body of tpc.h, which FFI reads as it is. */
    public static function declarations(): string
    {
        $text = @file_get_contents(dirname(__DIR__) . '/tpc.ffi.h');
        return $text !== false ? $text : throw LibraryException::because(
            'found no tpc.ffi.h beside src/; expected the package as it was built (make php)'
        );
    }

    private static function preloaded(): ?FFI
    {
        if (!extension_loaded('ffi')) {
            throw LibraryException::because("PHP's extension ffi is not loaded; expected extension=ffi in php.ini");
        }
        try {
            return FFI::scope(self::SCOPE);
        } catch (FFI\Exception $error) {
            if (!str_contains($error->getMessage(), 'restricted')) {
                return null;
            }
        }
        throw LibraryException::because(sprintf(
            'ffi.enable=%s forbids FFI here; expected ffi.enable=true, or opcache.preload with preload.php of this package '
            . 'and ffi.preload with the header that tpc-ffi-header prints',
            ini_get('ffi.enable') === 'preload' ? 'preload' : 'false'
        ));
    }

    /** @return array<string, string> where to look, in this order; when TPC_LIBRARY names a file, nowhere else */
    private static function places(): array
    {
        $named = getenv('TPC_LIBRARY', true);
        return $named !== false && $named !== ''
            ? ['TPC_LIBRARY' => $named]
            : ['bundled' => dirname(__DIR__) . '/lib/' . self::NAME, 'system' => self::NAME];
    }

    /** PHP does not pass on the linker's reason, and the most frequent one is that a library below is not installed. */
    private static function missing(): string
    {
        $packages = [];
        foreach (self::NEEDED as $name => $package) {
            try {
                FFI::cdef('', $name);
            } catch (FFI\Exception) {
                $packages[$name] = $package;
            }
        }
        return $packages === [] ? '' : sprintf(
            '; %s does not load: apt-get install %s',
            implode(' and ', array_keys($packages)),
            implode(' ', $packages)
        );
    }
}
