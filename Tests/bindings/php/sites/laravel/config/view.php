<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

return ['paths' => [], 'compiled' => storage_path('views')];
