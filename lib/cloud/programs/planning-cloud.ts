import { CloudError } from '../../kernel/errors.ts';
import type { CloudParts } from '../../platform/invocation.ts';
import type { ObsService } from '../../ports/obs.ts';
import type { AllServices } from '../../ports/services.ts';
import { makeServices } from '../services.ts';
import { type OutgoingRequest, type Send, sendOnce, TransportError } from '../transport/send-once.ts';

/** A request that would change something, as it would go over the wire. */
interface HeldRequest {
  readonly method: string;
  readonly url: string;
  /** Without what signs it: keys, tokens and time. */
  readonly headers: Readonly<Record<string, string>>;
  /** The exact text; absent when there is none. */
  readonly body?: string;
}

/** A request that was sent, because it changes nothing. */
export interface ReadRequest {
  readonly method: string;
  readonly url: string;
}

/** The cloud as a plan sees it: nothing can be changed through it. */
export interface PlanningCloud {
  readonly services: AllServices;
  /** Makes a changing call, which is held back before it is sent. @returns its request @throws what the call throws before that */
  hold(call: () => Promise<unknown>): Promise<HeldRequest>;
  /** What was read since the last time. */
  takeReads(): ReadRequest[];
}

/** Of the error of a call that was held back; nothing of it was sent. */
const HELD_BACK = 'held_back';
const SIGNING_HEADER = /authorization|date|token|signature|sha256/i;

/**
 * The real clients over a transport that sends no request but GET and HEAD, whoever asks; without `reads` none at all.
 *
 * OBS has a client of its own, of which only operations that read are to be had here.
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
    throw new TransportError(HELD_BACK, false, 'a plan sends no such request');
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
      throw new Error('a call that was to be planned sent no request that changes something');
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
