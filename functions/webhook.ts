import { cloud } from '../lib/cloud/cloud.ts';
import type { PlatformContext } from '../lib/kernel/context.ts';
import { makeFunction } from '../lib/platform/handler.ts';
import { failureResponse, handleRequest } from '../lib/webhook/handle-request.ts';
import { securityHeaders } from '../lib/webhook/security-headers.ts';

/**
 * Lets callers start, read and cancel runs through API Gateway.
 *
 * Safe to call twice with the same `Idempotency-Key` (or signed `webhook-id`): the second response names the task of the first.
 */
const webhook = makeFunction({
  name: 'webhook',
  cloud,
  folder: import.meta.dirname,
  work: handleRequest,
  isPublic: true,
  middlewares: [securityHeaders],
  respondWithinMs: (settings) => settings.WEBHOOK_ANSWER_SECONDS * 1000,
  onError: failureResponse,
});

// The platform tells async handlers apart by their constructor, so this is a real async function.
export async function handler(event: unknown, context: PlatformContext): Promise<unknown> {
  return webhook.handle(event, context);
}

export const initializer = webhook.initialize;
