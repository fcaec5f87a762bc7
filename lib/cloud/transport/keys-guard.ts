import { createHash } from 'node:crypto';

/**
 * More than five failures in a row lock an access key for five minutes (Huawei Cloud, API Gateway FAQ 0003, ae-ad-1), and every call
 * with invalid keys counts. One refusal is enough.
 */
const REST_MS = 300_000;

export interface KeysGuard {
  /** When these keys may be used again, in ms since 1970; `undefined` when they may be used now. */
  refusedUntil(accessKey: string): number | undefined;
  /** Records that the cloud returned 401 for these keys. */
  refused(accessKey: string): void;
}

/** Remembers refused access keys for five minutes, by their hash. Other keys are not affected. */
export function makeKeysGuard(now: () => number): KeysGuard {
  const untilByKey = new Map<string, number>();

  return {
    refusedUntil(accessKey) {
      const until = untilByKey.get(hash(accessKey));
      return until !== undefined && until > now() ? until : undefined;
    },
    refused(accessKey) {
      for (const [key, until] of untilByKey) if (until <= now()) untilByKey.delete(key);
      untilByKey.set(hash(accessKey), now() + REST_MS);
    },
  };
}

/** The guard of this process: a lock applies to the keys, so all services and all invocations share it. */
export const processKeysGuard = makeKeysGuard(Date.now);

const ofLedger = makeKeysGuard(Date.now);

/**
 * The guard of the ledger, which stops at refusals of the ledger alone: OBS is not behind the gateway that locks keys, and a 401 of another service must
 * not keep its own reason, or a tick of a timer, from being recorded. A refusal of the ledger counts for all services.
 */
export const ledgerKeysGuard: KeysGuard = {
  refusedUntil: ofLedger.refusedUntil,
  refused(accessKey) {
    ofLedger.refused(accessKey);
    processKeysGuard.refused(accessKey);
  },
};

/**
 * A guard for a service that runs do not need. Keys that `others` know as refused are not used there either, but a 401 of this service, which may have a
 * reason of its own, keeps no run from its task.
 */
export function makeOptionalKeysGuard(others: KeysGuard, now: () => number): KeysGuard {
  const own = makeKeysGuard(now);
  return {
    refusedUntil: (accessKey) => own.refusedUntil(accessKey) ?? others.refusedUntil(accessKey),
    refused: (accessKey) => own.refused(accessKey),
  };
}

/** The guard for Cloud Eye. */
export const cesKeysGuard = makeOptionalKeysGuard(processKeysGuard, Date.now);

function hash(accessKey: string): string {
  return createHash('sha256').update(accessKey).digest('hex');
}
