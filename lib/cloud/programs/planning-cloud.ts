import { CloudError } from '../../kernel/errors.ts';
import type { CloudParts } from '../../platform/invocation.ts';
import type { ObsService } from '../../ports/obs.ts';
import type { AllServices } from '../../ports/services.ts';
import { makeServices } from '../services.ts';
import { type OutgoingRequest, type Send, sendOnce, TransportError } from '../transport/send-once.ts';

/** A request that would change something, as it would be sent. */
interface HeldRequest {
  readonly method: string;
  readonly url: string;
  /** Without the signature: keys, tokens and time. */
  readonly headers: Readonly<Record<string, string>>;
  /** The exact body; absent when there is none. */
  readonly body?: string;
}

/** A request that was sent because it changes nothing. */
export interface ReadRequest {
  readonly method: string;
  readonly url: string;
}

/** The cloud as a plan uses it: nothing can be changed through it. */
export interface PlanningCloud {
  readonly services: AllServices;
  /** Makes a changing call and holds its request back. @returns the request @throws what the call throws before sending */
  hold(call: () => Promise<unknown>): Promise<HeldRequest>;
  /** Returns and clears the reads made since the last call. */
  takeReads(): ReadRequest[];
}

/** The code of a call that was held back; nothing was sent. */
const HELD_BACK = 'held_back';
const SIGNING_HEADER = /authorization|date|token|signature|sha256/i;

/**
 * The real clients over a transport that sends only GET and HEAD requests, and none at all unless `reads` is set.
 *
 * OBS has its own client, of which only read operations are available here.
 */
export function makePlanningCloud(parts: CloudParts, { reads }: { readonly reads: boolean }): PlanningCloud {
  let held: HeldRequest | undefined;
  const made: ReadRequest[] = [];
  const send: Send = async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') held = heldRequest(request);
    else if (reads) {
      made.push({ method: request.method, url: request.url });
      return sendOnce(request);
    }
    throw new TransportError(HELD_BACK, false, 'a plan does not send this request');
  };
  const services = makeServices(parts, { send });
  return {
    services: {
      ...services,
      obs: async () => {
        if (reads) return recorded(await services.obs(), made);
        throw new CloudError({
          service: 'OBS',
          operation: 'any',
          outcome: 'not_sent',
          temporary: false,
          cloudCode: HELD_BACK,
        });
      },
    },
    async hold(call) {
      held = undefined;
      try {
        await call();
      } catch (error) {
        if (held && error instanceof CloudError && error.cloudCode === HELD_BACK) return held;
        throw error;
      }
      throw new Error('a planned call sent no request that changes anything');
    },
    takeReads: () => made.splice(0),
  };
}

function heldRequest({ method, url, headers, body }: OutgoingRequest): HeldRequest {
  const shown = Object.entries(headers).filter(([name]) => !SIGNING_HEADER.test(name));
  return { method, url, headers: Object.fromEntries(shown), ...(body === undefined ? {} : { body }) };
}

function recorded(obs: ObsService, made: ReadRequest[]): ObsService {
  return {
    readStart: (bucket, key, bytes) => {
      made.push({ method: 'GET', url: `obs://${bucket}/${key}` });
      return obs.readStart(bucket, key, bytes);
    },
    readEnd: (bucket, key, ...rest) => {
      made.push({ method: 'GET', url: `obs://${bucket}/${key}` });
      return obs.readEnd(bucket, key, ...rest);
    },
    listSince: (bucket, prefix, ...rest) => {
      made.push({ method: 'GET', url: `obs://${bucket}/?prefix=${prefix}` });
      return obs.listSince(bucket, prefix, ...rest);
    },
  };
}
