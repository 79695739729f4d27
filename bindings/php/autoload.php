<?php
// SPDX-License-Identifier: Apache-2.0

// For projects without Composer, such as a WordPress site: finds the classes of this package.
declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/src/' . strtr(substr($class, 4), '\\', '/') . '.php';
    if (str_starts_with($class, 'Tpc\\') && is_file($file)) {
        require $file;
    }
});
