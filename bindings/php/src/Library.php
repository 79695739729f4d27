<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use FFI;
use Tpc\Exception\LibraryException;

/**
 * The shared library's functions, as tpc.h declares them. Looked up once per request; the library itself stays loaded until
 * the process ends.
 *
 * @internal
 */
final class Library
{
    /** The scope that a header preloaded by ffi.preload defines. */
    public const SCOPE = 'TPC';
    /** A constant in the header for ffi.preload: the length of the declarations, by which those of another version are found. */
    private const MARK = 'TPC_DECLARATIONS_LENGTH';
    private const HEADER = __DIR__ . '/../tpc.ffi.h';
    private const NAME = 'libtpc.so.0';
    /** The libraries that libtpc itself needs, and the Debian packages that have them. */
    private const NEEDED = ['libcurl.so.4' => 'libcurl4', 'libjansson.so.4' => 'libjansson4'];

    private static ?FFI $functions = null;
    /** Why it does not load: to try again takes milliseconds, and a worker has many requests. */
    private static ?LibraryException $failure = null;
    /** @var list<string>|null */
    private static ?array $requestHeaders = null;

    /** @throws LibraryException when FFI is forbidden or the library cannot be loaded */
    public static function functions(): FFI
    {
        if (self::$failure !== null) {
            throw self::$failure;
        }
        try {
            return self::$functions ??= self::preloaded() ?? self::load()[0];
        } catch (LibraryException $failure) {
            throw self::$failure = $failure;
        }
    }

    /**
     * The functions; null on a system that can never have them, for which unsupported() has the reason.
     *
     * @throws LibraryException when FFI is forbidden or the library cannot be loaded
     */
    public static function available(): ?FFI
    {
        try {
            return self::functions();
        } catch (LibraryException $failure) {
            return self::unsupported() === null ? throw $failure : null;
        }
    }

    /**
     * Why this system can never load the library, so that everything works and nothing is tracked; null where it can. These
     * are developers' own machines. Where a TPC_LIBRARY is named, that one has to load.
     */
    public static function unsupported(): ?string
    {
        return match (true) {
            self::$functions !== null => null,
            !extension_loaded('ffi') => "PHP's extension ffi is not loaded; expected extension=ffi in php.ini",
            isset(self::locations()['TPC_LIBRARY']) => null,
            PHP_OS_FAMILY !== 'Linux' => 'found ' . PHP_OS_FAMILY . '; expected Linux, for which libtpc is built',
            self::isMusl() => 'found a Linux with musl; expected one with glibc, for which libtpc is built',
            default => null,
        };
    }

    private static function isMusl(): bool
    {
        // Each request asks that does not find the library preloaded, and reading the folders takes longer than tracking.
        return !@is_file('/lib64/ld-linux-x86-64.so.2') && !@is_file('/lib/ld-linux-aarch64.so.1')
            && (@glob('/lib/ld-musl-*') ?: []) !== [] && (@glob('/lib*/ld-linux-*') ?: []) === [];
    }

    /**
     * Returns the request headers that the library's rules read, in lower case. Middleware passes on no others. None where there
     * can be no library.
     *
     * @return list<string>
     * @throws LibraryException
     */
    public static function requestHeaders(): array
    {
        return self::$requestHeaders ??= self::askedRequestHeaders();
    }

    /** @return list<string> */
    private static function askedRequestHeaders(): array
    {
        $functions = self::available();
        $names = [];
        for ($index = 0; $functions !== null && ($name = $functions->tpc_request_header($index)) !== null; $index++) {
            $names[] = $name;
        }
        return $names;
    }

    /**
     * Loads the library from the first location that has it.
     *
     * @return array{FFI, string} the functions, and the file or name that was loaded
     * @throws LibraryException
     */
    public static function load(): array
    {
        if (($reason = self::unsupported()) !== null) {
            throw LibraryException::because($reason);
        }
        $declarations = self::declarations();
        $tried = [];
        foreach (self::locations() as $origin => $path) {
            try {
                return [FFI::cdef($declarations, $path), $path];
            } catch (FFI\Exception $error) {
                $tried[] = "$path ($origin): {$error->getMessage()}";
            }
        }
        $locations = implode('; ', $tried);
        throw LibraryException::because('found no ' . self::NAME . " that loads; tried $locations" . self::missing());
    }

    /** The header for ffi.preload: the declarations, the path of the library, and how to tell whose declarations they are. */
    public static function preloadHeader(): string
    {
        [, $path] = self::load();
        $declarations = self::declarations();
        return sprintf(
            "#define FFI_SCOPE \"%s\"\n#define FFI_LIB \"%s\"\nenum { %s = %d };\n%s",
            self::SCOPE, $path, self::MARK, strlen($declarations), $declarations
        );
    }

    /** The body of tpc.h without its comments, which FFI reads as it is. */
    public static function declarations(): string
    {
        $text = @file_get_contents(self::HEADER);
        return $text !== false ? $text : throw LibraryException::because(
            'found no tpc.ffi.h beside src/; expected the package as it was built (make php)'
        );
    }

    private static function preloaded(): ?FFI
    {
        if (!extension_loaded('ffi')) {
            throw LibraryException::because((string) self::unsupported());
        }
        try {
            $functions = FFI::scope(self::SCOPE);
        } catch (FFI\Exception $error) {
            if (!str_contains($error->getMessage(), 'restricted')) {
                return null;
            }
            throw LibraryException::because(sprintf(
                'ffi.enable=%s forbids FFI here; expected %s',
                ini_get('ffi.enable') === 'preload' ? 'preload' : 'false',
                PHP_SAPI === 'cli-server'
                    ? 'php -d ffi.enable=true -S …, or ffi.enable=true in php.ini'
                    : 'ffi.enable=true, or opcache.preload with preload.php of this package and ffi.preload with the header '
                        . 'that tpc-ffi-header prints'
            ));
        }
        return self::isOfThisVersion($functions) ? $functions : throw LibraryException::because(
            'the header that ffi.preload names is of another version of this package; expected the one that tpc-ffi-header prints'
        );
    }

    private static function isOfThisVersion(FFI $preloaded): bool
    {
        try {
            $length = @filesize(self::HEADER);
            return $length === false || $preloaded->{self::MARK} === $length;
        } catch (FFI\Exception) {
            return false;
        }
    }

    /** @return array<string, string> where to look, in this order; only there, when TPC_LIBRARY names a file */
    private static function locations(): array
    {
        $named = getenv('TPC_LIBRARY', true);
        return $named !== false && $named !== ''
            ? ['TPC_LIBRARY' => $named]
            : ['bundled' => dirname(__DIR__) . '/lib/' . self::NAME, 'system' => self::NAME];
    }

    /** PHP does not pass on the loader's reason. The most frequent one is that a library that libtpc needs is missing. */
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
