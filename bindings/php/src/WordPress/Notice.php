<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\WordPress;

use Tpc\Client;
use Tpc\Exception\TpcException;

/**
 * Shows in the dashboard, to those who may change it, why page visits are not tracked.
 *
 * @internal
 */
final class Notice
{
    public static function show(): void
    {
        if (!current_user_can(is_network_admin() ? 'manage_network_options' : 'manage_options')) {
            return;
        }
        $problem = self::problem();
        if ($problem !== null) {
            printf('<div class="notice notice-error"><p>%s</p></div>', esc_html("Page visits: $problem"));
        }
    }

    private static function problem(): ?string
    {
        try {
            $options = Settings::options();
            Client::validateOptions($options);
            return self::ofDelivery(Client::shared($options)->stats());
        } catch (TpcException $failure) {
            return "none is tracked: {$failure->getMessage()}";
        }
    }

    /** What this PHP process's own client says. Each worker of php-fpm has one. */
    private static function ofDelivery(array $stats): ?string
    {
        $failed = $stats['rejected'] + $stats['expired'];
        if ($failed > 0) {
            return "{$failed} of this PHP process were not delivered and {$stats['delivered']} were. {$stats['rejected']} were refused by"
                . " the server: is the key right? {$stats['expired']} were given up: does the server answer? PHP's error log says more.";
        }
        return $stats['failed_requests'] > 0 && $stats['delivered'] === 0
            ? "none of this PHP process is delivered yet; {$stats['failed_requests']} requests failed. PHP's error log says more."
            : null;
    }
}
