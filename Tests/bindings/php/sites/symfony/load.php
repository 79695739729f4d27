<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

require __DIR__ . '/vendor/autoload.php';
foreach (['Bundle/FrameworkBundle', 'Component/Yaml', 'Component/BrowserKit'] as $package) {
    require "Symfony/$package/autoload.php";
}
foreach (['Kernel', 'Pages', 'Visits', 'BeforeSend', 'Steps'] as $class) {
    require __DIR__ . "/src/$class.php";
}
// As Symfony's Dotenv does with a .env file: only $_ENV and $_SERVER.
$_ENV += json_decode(getenv('DOTENV') ?: '{}', true);
