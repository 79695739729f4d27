<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace App;

use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;

/** What this application adds to an event. Waits, for at most ten seconds, until the test has the page. */
final class Visits
{
    public function __invoke(Request $request, Response $response): array|false|null
    {
        if ($request->query->get('consent') === 'no') {
            return false;
        }
        $isPageThere = dirname(__DIR__) . '/page-is-there';
        for ($i = 0; $i < 1000 && !file_exists($isPageThere); $i++) {
            usleep(10000);
        }
        return ['sessionId' => 'session-1', 'properties' => ['afterThePage' => file_exists($isPageThere)]];
    }
}
