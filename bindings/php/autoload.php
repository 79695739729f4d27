<?php
// SPDX-License-Identifier: Apache-2.0

// Finds the classes of this package, for projects without Composer, such as a WordPress site.
declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/src/' . strtr(substr($class, 4), '\\', '/') . '.php';
    if (str_starts_with($class, 'Tpc\\') && is_file($file)) {
        require $file;
    }
});
