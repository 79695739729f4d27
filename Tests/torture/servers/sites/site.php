<?php
// SPDX-License-Identifier: Apache-2.0

// The front controller of a site in plain PHP.
declare(strict_types=1);

require __DIR__ . '/tpc-events/autoload.php';

Tpc\Web\PageVisits::trackAtShutdown();
echo '<h1>page</h1>';
