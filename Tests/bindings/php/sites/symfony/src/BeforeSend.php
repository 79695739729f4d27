<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace App;

/** Changes the events of this application, or drops them. */
final class BeforeSend
{
    public function __invoke(array $event): ?array
    {
        $isDropped = str_contains($event['page']['href'], 'drop');
        return $isDropped ? null : array_replace_recursive($event, ['properties' => ['seen' => true]]);
    }
}
