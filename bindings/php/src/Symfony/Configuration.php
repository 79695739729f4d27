<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Symfony;

use Symfony\Component\Config\Definition\Builder\TreeBuilder;
use Symfony\Component\Config\Definition\ConfigurationInterface;
use Tpc\Web\OptionVariables;

/** The tree `tpc`: each option of the library by its name, and the application's two services. */
final class Configuration implements ConfigurationInterface
{
    public const EVENT = 'event';
    public const BEFORE_SEND = 'before_send';
    private const SERVICES = [
        self::EVENT => 'Service to call with request and response, which returns what to add to the event, or false to leave it out',
        self::BEFORE_SEND => 'Service to call with each whole event, which returns the event to send, or null to send none',
    ];

    public function getConfigTreeBuilder(): TreeBuilder
    {
        $tree = new TreeBuilder('tpc');
        $children = $tree->getRootNode()->children();
        foreach (self::SERVICES as $name => $info) {
            $children->scalarNode($name)->info($info)->defaultNull();
        }
        foreach (OptionVariables::ALL as $name => $variables) {
            // Text, a number, a boolean or a list of texts. The library checks it.
            $children->variableNode($name)->info('When null: ' . implode(', ', $variables))->defaultNull();
        }
        return $tree;
    }
}
