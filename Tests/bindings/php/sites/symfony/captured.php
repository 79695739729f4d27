<?php
// SPDX-License-Identifier: Apache-2.0

// What a test of the application sees: asks for pages with Symfony's test client, and prints the visits that were captured.
declare(strict_types=1);

use App\Kernel;
use Symfony\Bundle\FrameworkBundle\KernelBrowser;
use Tpc\Testing\Capture;

require __DIR__ . '/load.php';

$visits = Capture::during(static function () use ($argv): void {
    $client = new KernelBrowser(new Kernel('prod', false));
    foreach (array_slice($argv, 1) as $path) {
        $client->request('GET', $path);
    }
});
echo json_encode(array_map(static fn (array $visit): array => [$visit['page']['href'], $visit['sessionId']], $visits));
