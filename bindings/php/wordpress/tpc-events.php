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
 * The key, like any other option, is read from wp-config.php, define('TPC_API_KEY', '…') or define('TPC_OPTIONS', ['api_key' => '…']),
 * or from the environment. The dashboard shows administrators what is wrong.
 */

declare(strict_types=1);

(static function (): void {
    $autoload = __DIR__ . '/tpc-events/autoload.php';
    if (!class_exists(Tpc\Client::class) && is_file($autoload)) {
        require $autoload;
    }
    if (class_exists(Tpc\WordPress\Plugin::class)) {
        Tpc\WordPress\Plugin::start();
        return;
    }
    $problem = class_exists(Tpc\Client::class)
        ? 'mu-plugins/tpc-events.php is newer than the package; copy the package again.'
        : 'the folder tpc-events is missing beside mu-plugins/tpc-events.php.';
    add_action('admin_notices', static function () use ($problem): void {
        if (current_user_can('manage_options')) {
            printf('<div class="notice notice-error"><p>%s</p></div>', esc_html("Page visits: none is tracked: $problem"));
        }
    });
})();
