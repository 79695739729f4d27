<?php
// SPDX-License-Identifier: Apache-2.0

// A Symfony application, as small as one can be, whose config/bundles.php has the package's bundle.
declare(strict_types=1);

use App\Kernel;
use Symfony\Component\HttpFoundation\Request;

require dirname(__DIR__) . '/load.php';

$kernel = new Kernel('prod', false);
$request = Request::createFromGlobals();
$response = $kernel->handle($request);
$response->send();
$kernel->terminate($request, $response);
