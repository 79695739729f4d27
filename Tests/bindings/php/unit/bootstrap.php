<?php
// SPDX-License-Identifier: Apache-2.0

// PACKAGE_UNDER_TEST is the folder of the package that is tested.
declare(strict_types=1);

require getenv('PACKAGE_UNDER_TEST') . '/autoload.php';
require __DIR__ . '/ClientCase.php';
