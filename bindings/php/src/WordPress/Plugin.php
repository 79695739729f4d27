<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\WordPress;

use Throwable;
use Tpc\Web\FailureLog;
use Tpc\Web\PageVisits;

/**
 * What the must-use plugin does: tracks the pages of a WordPress site, and shows administrators why it cannot.
 *
 * @internal
 */
final class Plugin
{
    public static function start(): void
    {
        // WordPress runs this action for pages only: not for the dashboard, REST, AJAX, cron or the login.
        add_action('template_redirect', self::track(...), 0);
        add_action('admin_notices', Notice::show(...));
        add_action('network_admin_notices', Notice::show(...));
    }

    private static function track(): void
    {
        if (!self::isPage()) {
            return;
        }
        try {
            PageVisits::trackAtShutdown(
                Settings::options(),
                // What to add to the event, in the contract's shape. A site's own filter can add a session or properties, or
                // return false to leave the visit out.
                static fn (): array|false|null => apply_filters('tpc_event', ['page' => [
                    'title' => html_entity_decode(wp_get_document_title(), ENT_QUOTES | ENT_HTML5, 'UTF-8'),
                ]]),
                // The whole event, which a site's own filter can change, or drop by returning null.
                has_filter('tpc_before_send')
                    ? static fn (array $event): array|false|null => apply_filters('tpc_before_send', $event)
                    : null,
            );
        } catch (Throwable $failure) {
            FailureLog::log($failure);
        }
    }

    private static function isPage(): bool
    {
        $isMachines = is_feed() || is_robots() || is_favicon() || is_trackback()
            || get_query_var('sitemap') !== '' || get_query_var('sitemap-stylesheet') !== '';
        return !$isMachines && !is_preview() && !is_customize_preview();
    }
}
