<?php
// SPDX-License-Identifier: Apache-2.0

// Serves one request after another in one process, as Octane's workers do. Arguments: the URLs.
declare(strict_types=1);

use Illuminate\Contracts\Http\Kernel;
use Illuminate\Http\Request;

require __DIR__ . '/vendor/autoload.php';
require 'Illuminate/autoload.php';

$app = require __DIR__ . '/bootstrap/app.php';
$kernel = $app->make(Kernel::class);
foreach (array_slice($argv, 1) as $url) {
    $request = Request::create($url);
    $response = $kernel->handle($request);
    echo $response->getStatusCode(), ' ', $response->getContent(), "\n";
    $kernel->terminate($request, $response);
}
