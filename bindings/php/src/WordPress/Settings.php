<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\WordPress;

use SensitiveParameter;
use Tpc\Exception\OptionException;
use Tpc\Web\OptionVariables;

/**
 * The options of a WordPress site: define('TPC_OPTIONS', ['api_key' => '…']) in wp-config.php, or a constant for each, by the name
 * of its variable, such as TPC_API_KEY. What is neither is the environment's.
 *
 * @internal
 */
final class Settings
{
    /**
     * @return array<string, mixed>
     * @throws OptionException when TPC_OPTIONS or the filter's value is not an array
     */
    public static function options(): array
    {
        $options = self::array('TPC_OPTIONS', \defined('TPC_OPTIONS') ? \constant('TPC_OPTIONS') : []);
        foreach (OptionVariables::ALL as $option => $variables) {
            foreach ($variables as $name) {
                if (\defined($name) && \constant($name) !== '') {
                    $options[$option] ??= \constant($name);
                }
            }
        }
        // For a network whose sites differ.
        return self::array('the filter tpc_options', apply_filters('tpc_options', $options));
    }

    private static function array(string $origin, #[SensitiveParameter] mixed $value): array
    {
        return \is_array($value) ? $value : throw new OptionException(
            'TPC_ERROR_INVALID_OPTION',
            $origin,
            'found ' . get_debug_type($value) . "; expected an array such as ['api_key' => '…']",
            -2,
        );
    }
}
