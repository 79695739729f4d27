<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Symfony;

use SensitiveParameter;
use Symfony\Component\Config\Definition\Exception\InvalidConfigurationException;
use Symfony\Component\DependencyInjection\Argument\ServiceClosureArgument;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\DependencyInjection\Definition;
use Symfony\Component\DependencyInjection\Extension\Extension;
use Symfony\Component\DependencyInjection\Reference;
use Tpc\Exception\OptionException;
use Tpc\Web\OptionVariables;

/** Makes the listener with the application's options. A name or a value that is not accepted fails when the container is compiled. */
final class TpcExtension extends Extension
{
    public function getAlias(): string
    {
        return 'tpc';
    }

    public function load(array $configs, ContainerBuilder $container): void
    {
        $options = $this->processConfiguration(new Configuration(), $configs);
        $services = array_map(
            static fn (?string $id): ?ServiceClosureArgument => $id === null ? null : new ServiceClosureArgument(new Reference($id)),
            [$options[Configuration::EVENT], $options[Configuration::BEFORE_SEND]],
        );
        unset($options[Configuration::EVENT], $options[Configuration::BEFORE_SEND]);
        $options = array_filter($options, static fn (mixed $value): bool => $value !== null);
        self::check($options, $container);
        $listener = new Definition(TrackPageVisits::class, [$options, ...$services]);
        foreach (TrackPageVisits::EVENTS as $event => [$method, $priority]) {
            $listener->addTag('kernel.event_listener', ['event' => $event, 'method' => $method, 'priority' => $priority]);
        }
        $container->setDefinition(TrackPageVisits::class, $listener);
    }

    /**
     * A credential may come only with the environment that the application runs in, and so may a value: %env(…)%.
     *
     * @param array<string, mixed> $options
     */
    private static function check(#[SensitiveParameter] array $options, ContainerBuilder $container): void
    {
        $isKnown = static function (mixed $value) use ($container): bool {
            $used = [];
            $container->resolveEnvPlaceholders($value, null, $used);
            return $used === [];
        };
        $known = $container->getParameterBag()->resolveValue(array_filter($options, $isKnown));
        try {
            OptionVariables::check($known);
        } catch (OptionException $failure) {
            throw new InvalidConfigurationException("tpc.{$failure->getMessage()}", 0, $failure);
        }
    }
}
