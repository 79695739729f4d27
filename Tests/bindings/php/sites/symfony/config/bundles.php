<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

return [
    Symfony\Bundle\FrameworkBundle\FrameworkBundle::class => ['all' => true],
    Tpc\Symfony\TpcBundle::class => ['all' => true],
];
