<?php
// SPDX-License-Identifier: Apache-2.0

// Asks for pages with Symfony's test client. Arguments: their URLs.
declare(strict_types=1);

use App\Kernel;
use Symfony\Bundle\FrameworkBundle\KernelBrowser;

require __DIR__ . '/load.php';

$client = new KernelBrowser(new Kernel('prod', false));
foreach (array_slice($argv, 1) as $url) {
    $client->request('GET', $url);
    echo $client->getResponse()->getStatusCode(), ' ', $client->getResponse()->getContent(), "\n";
}
