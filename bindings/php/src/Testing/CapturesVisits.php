<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Testing;

use PHPUnit\Framework\Attributes\After;
use PHPUnit\Framework\Attributes\Before;

/**
 * For a test case of PHPUnit: captures the visits of each test. A test whose processes or threads are others captures nothing of
 * them.
 */
trait CapturesVisits
{
    private ?Capture $capture = null;

    /** @before */
    #[Before]
    protected function captureVisits(): void
    {
        $this->capture = Capture::start();
    }

    /** @after */
    #[After]
    protected function stopCapturingVisits(): void
    {
        $this->capture?->stop();
        $this->capture = null;
    }

    /** @return list<array<string, mixed>> the visits of this test so far, in the contract's shape, as they would be sent */
    protected function visits(): array
    {
        return $this->capture?->visits() ?? [];
    }
}
