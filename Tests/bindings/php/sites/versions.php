<?php
// SPDX-License-Identifier: Apache-2.0

// Prints what the given files have that PHP 8.1 does not, or that PHP 8.4 deprecates: a line each.
declare(strict_types=1);

use PhpParser\Lexer\Emulative;
use PhpParser\Node;
use PhpParser\NodeTraverser;
use PhpParser\NodeVisitorAbstract;
use PhpParser\ParserFactory;

require 'PhpParser/autoload.php';

/** Functions and constants that came after PHP 8.1, or that a version up to 8.4 deprecates. */
const NEWER = [
    'openssl_cipher_key_length', 'memory_reset_peak_usage', 'ini_parse_quantity', 'libxml_get_external_entity_loader', 'json_validate',
    'mb_str_pad', 'str_increment', 'str_decrement', 'stream_context_set_options', 'array_find', 'array_find_key', 'array_any',
    'array_all', 'mb_trim', 'mb_ltrim', 'mb_rtrim', 'mb_ucfirst', 'mb_lcfirst', 'fpow', 'request_parse_body', 'http_get_last_response_headers',
    'http_clear_last_response_headers', 'grapheme_str_split', 'opcache_jit_blacklist',
];
const DEPRECATED = [
    'utf8_encode', 'utf8_decode', 'strftime', 'gmstrftime', 'mhash', 'date_sunrise', 'date_sunset', 'strptime', 'lcg_value', 'uniqid',
    'assert_options', 'mysqli_ping', 'mysqli_kill', 'mysqli_refresh', 'E_STRICT',
];
/** Calls of FFI that PHP 8.3 deprecates when they are static. */
const STATIC_FFI = ['new', 'cast', 'type'];
/** Types that PHP 8.1 does not take alone. */
const ALONE = ['null', 'false', 'true'];

final class Finder extends NodeVisitorAbstract
{
    /** @var list<string> */
    public array $found = [];

    public function enterNode(Node $node): mixed
    {
        foreach ([
            'a read-only class' => $node instanceof Node\Stmt\Class_ && ($node->flags & Node\Stmt\Class_::MODIFIER_READONLY) !== 0,
            'a constant in a trait' => $node instanceof Node\Stmt\Trait_ && array_filter(
                $node->stmts, static fn (Node $member): bool => $member instanceof Node\Stmt\ClassConst
            ) !== [],
            'a type with both | and &' => $node instanceof Node\UnionType && array_filter(
                $node->types, static fn (Node $type): bool => $type instanceof Node\IntersectionType
            ) !== [],
            'true, false or null as a type of its own' => $this->isAlone($node),
            'a parameter that is null by default, but not by type' => $node instanceof Node\Param && $this->isNullByDefault($node),
            'a newer or deprecated name' => $this->isNamed($node),
            'a static call of FFI that is deprecated' => $node instanceof Node\Expr\StaticCall && $node->class instanceof Node\Name
                && $node->class->getLast() === 'FFI' && $node->name instanceof Node\Identifier
                && in_array($node->name->toLowerString(), STATIC_FFI, true),
        ] as $what => $isThere) {
            if ($isThere) {
                $this->found[] = "line {$node->getStartLine()}: $what";
            }
        }
        return null;
    }

    private function isAlone(Node $node): bool
    {
        $type = match (true) {
            $node instanceof Node\FunctionLike => $node->getReturnType(),
            $node instanceof Node\Param, $node instanceof Node\Stmt\Property => $node->type,
            default => null,
        };
        return $type instanceof Node\Identifier && in_array($type->toLowerString(), ALONE, true);
    }

    private function isNullByDefault(Node\Param $parameter): bool
    {
        $isNull = $parameter->default instanceof Node\Expr\ConstFetch && $parameter->default->name->toLowerString() === 'null';
        $types = $parameter->type instanceof Node\UnionType ? $parameter->type->types : [$parameter->type];
        $names = array_map(static fn (?Node $type): string => $type instanceof Node\Identifier ? $type->toLowerString() : '', $types);
        return $isNull && $parameter->type !== null && !$parameter->type instanceof Node\NullableType
            && array_intersect($names, ['null', 'mixed']) === [];
    }

    private function isNamed(Node $node): bool
    {
        $isUse = $node instanceof Node\Expr\FuncCall || $node instanceof Node\Expr\ConstFetch;
        return $isUse && $node->name instanceof Node\Name && in_array($node->name->getLast(), [...NEWER, ...DEPRECATED], true);
    }
}

$parser = (new ParserFactory())->create(ParserFactory::ONLY_PHP7, new Emulative(['phpVersion' => '8.1']));
foreach (array_slice($argv, 1) as $file) {
    $finder = new Finder();
    $traverser = new NodeTraverser();
    $traverser->addVisitor($finder);
    $traverser->traverse($parser->parse(file_get_contents($file)));
    array_map(static fn (string $line) => print("$file, $line\n"), $finder->found);
}
