<?php
// SPDX-License-Identifier: Apache-2.0

// TPC_PACKAGE is the folder of the package that is tested.
declare(strict_types=1);

require getenv('TPC_PACKAGE') . '/autoload.php';
require __DIR__ . '/ClientCase.php';
