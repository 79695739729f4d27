<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

return ['default' => 'errorlog', 'channels' => ['errorlog' => ['driver' => 'errorlog']]];
