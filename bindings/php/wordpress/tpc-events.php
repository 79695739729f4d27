<?php
/**
 * Plugin Name: Page visits for The Prompting Company
 * Description: Tracks which AI agents, and which people who come from AI answers, read this site's pages.
 * Version: 0.1.0
 * Requires PHP: 8.1
 * License: Apache-2.0
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A must-use plugin: copy this file to wp-content/mu-plugins/, and the package's folder beside it, as tpc-events/. A site that
 * loads its packages with Composer needs only this file.
 *
 * The key is read from the environment (TPC_API_KEY) or, like any other option, from wp-config.php:
 * define('TPC_OPTIONS', ['api_key' => '…']);
 */

declare(strict_types=1);

(static function (): void {
    if (!class_exists(Tpc\Web\PageVisits::class)) {
        $autoload = __DIR__ . '/tpc-events/autoload.php';
        if (!is_file($autoload)) {
            add_action('admin_notices', static function (): void {
                echo '<div class="notice notice-error"><p>Page visits are not tracked: the folder tpc-events is missing '
                    . 'beside mu-plugins/tpc-events.php.</p></div>';
            });
            return;
        }
        require $autoload;
    }
    // WordPress runs this action for pages only: not for the dashboard, REST, AJAX, cron or the login.
    add_action('template_redirect', static function (): void {
        if (is_feed() || is_robots() || is_favicon() || is_trackback() || is_preview()) {
            return;
        }
        Tpc\Web\PageVisits::trackAtShutdown(
            defined('TPC_OPTIONS') ? TPC_OPTIONS : [],
            // What to add to the event, in the contract's shape. A site's own filter can add a session or properties, or return
            // false to leave the visit out.
            static fn (): array|false|null => apply_filters('tpc_event', ['page' => [
                'title' => html_entity_decode(wp_get_document_title(), ENT_QUOTES | ENT_HTML5, 'UTF-8'),
            ]]),
        );
    }, 0);
})();
