<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace App;

use Symfony\Bundle\FrameworkBundle\Controller\AbstractController;
use Symfony\Component\EventDispatcher\EventSubscriberInterface;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpFoundation\StreamedResponse;
use Symfony\Component\HttpKernel\Event\ResponseEvent;
use Symfony\Component\HttpKernel\KernelEvents;

final class Pages extends AbstractController implements EventSubscriberInterface
{
    public function article(string $name): Response
    {
        return new Response("article $name");
    }

    public function gone(): Response
    {
        return new Response('gone', 404);
    }

    public function forwards(): Response
    {
        return $this->forward(self::class . '::article', ['name' => 'inner']);
    }

    public function answered(Request $request): Response
    {
        $request->attributes->set('steps', $steps = new \Steps($request->getPathInfo()));
        if ($steps->status === null) {
            $steps->play();
        }
        return new StreamedResponse($steps->play(...), $steps->status);
    }

    public static function getSubscribedEvents(): array
    {
        return [KernelEvents::RESPONSE => 'announceInstead'];
    }

    /** Announces another status than the controller. */
    public function announceInstead(ResponseEvent $event): void
    {
        $instead = $event->getRequest()->attributes->get('steps')?->instead;
        if ($instead !== null) {
            $event->getResponse()->setStatusCode($instead);
        }
    }
}
