import { setTimeout as wait } from 'node:timers/promises';
import { makeAgencies } from '../../cloud/programs/agencies.ts';
import { makeProbeCalls, type ProbeCalls } from '../../cloud/programs/probe-calls.ts';
import { makeProbeFolder, type ProbeFolder, removeLeftovers } from '../../cloud/programs/probe-folder.ts';
import { endpointOf } from '../../cloud/transport/endpoints.ts';
import { makeKeysGuard } from '../../cloud/transport/keys-guard.ts';
import type { CloudParts } from '../../platform/invocation.ts';
import type { EventPlace } from './event-place.ts';
import { newProbe } from './new-probe.ts';
import { type EventSource, Interrupted, type ProbeWorld, type Sacrifice } from './probe-world.ts';
import { SeenResponses } from './seen-responses.ts';
import { removeTask } from './task-probe.ts';

/** More than the services take; a hanging one must not delay the others for long. */
const CALL_MS = 10_000;
const ROUNDS = 200;
const REMOVAL_ATTEMPTS = 3;
const REMOVAL_WAIT_MS = 500;
const DELETION_ATTEMPTS = 24;
const DELETION_WAIT_MS = 5_000;
const STOP_OBJECT = 'stop';

/** Where objects may be written. */
export interface ProbePlace {
  readonly bucket: string;
  /** Of all probes; ends with `probe/`. */
  readonly prefix: string;
}

/** An object whose event a deployed function records. */
export interface EventOptions extends Pick<EventSource, 'receipts' | 'encodesKeys'> {
  readonly place: EventPlace;
  /** The name of the probe's folder. */
  readonly probe: string;
}

/** What the clients of a probe are made from. */
export type ProbeParts = Pick<CloudParts, 'settings' | 'region' | 'credentials' | 'projectId'>;

export interface WorldOptions {
  /** The DCS instances of the jobs file. */
  readonly instanceIds: readonly string[];
  /** Absent: no objects are written; says why. */
  readonly place: ProbePlace | { readonly missing: string };
  /** The name of this probe's folder. @default a new one */
  readonly folderName?: string;
  /** Another process writes into that folder, too; `close` removes its objects. @default false */
  readonly isShared?: boolean;
  /** Base URL of FunctionGraph. */
  readonly functionGraph: string;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  /** Tells the person something that lasts. */
  readonly note: (text: string) => void;
  readonly sacrifice?: Sacrifice;
  readonly event?: EventOptions;
  readonly callMs?: number;
  /** @default real time */
  readonly sleep?: (ms: number) => Promise<void>;
  /** How often something that happens rarely is tried. @default 200 */
  readonly rounds?: number;
}

/** What a probe works with, and how it ends. */
export interface OpenedProbe {
  readonly world: ProbeWorld;
  /** Removes what killed probes left behind. @returns how many objects @throws {CloudError} */
  removeLeftovers(): Promise<number>;
  /** Removes all that this probe wrote, also after Ctrl-C. @throws {CloudError} if that fails three times */
  close(): Promise<void>;
  /** Asks the process that shares the folder to stop. @returns false if there is no folder @throws {CloudError} */
  requestStop(): Promise<boolean>;
  /** Whether the process that shares the folder asked for that. @throws {CloudError} */
  isStopRequested(): Promise<boolean>;
}

/** @throws {ConfigError} without keys or project, or for a malformed endpoint */
export function openProbe(parts: ProbeParts, options: WorldOptions): OpenedProbe {
  const { settings, region } = parts;
  const {
    place,
    folderName = newProbe(),
    isShared = false,
    instanceIds,
    event,
    functionGraph,
    signal,
    progress,
    callMs = CALL_MS,
    rounds = ROUNDS,
  } = options;
  const credentials = parts.credentials();
  const keysGuard = makeKeysGuard(Date.now);
  const objects = {
    endpoint: endpointOf('OBS', region, settings),
    credentials,
    remainingMs: () => callMs,
    reserveMs: 0,
    keysGuard,
  };
  const folder =
    'missing' in place
      ? place
      : makeProbeFolder({ ...objects, bucket: place.bucket, prefix: `${place.prefix}${folderName}/`, isShared });
  const eventFolder =
    event &&
    makeProbeFolder({ ...objects, bucket: event.place.bucket, prefix: `${event.place.prefix}${event.probe}/` });
  const responses = new SeenResponses();
  const calls = makeProbeCalls({
    settings,
    region,
    projectId: parts.projectId(),
    credentials,
    functionGraphEndpoint: functionGraph,
    callMs,
    onResponse: (response) => responses.add(response),
  });
  const iam = () => makeAgencies({ ...objects, endpoint: endpointOf('IAM', region, settings) });
  let domainId: Promise<string> | undefined;
  const world: ProbeWorld = {
    folder: 'missing' in folder ? folder : interruptible(folder, signal),
    calls: interruptible(calls, signal),
    responses,
    rounds,
    instanceIds,
    hasTemporaryKeys: credentials.securityToken !== undefined,
    domainId: () => {
      domainId ??= settings.HUAWEICLOUD_DOMAIN_ID
        ? Promise.resolve(settings.HUAWEICLOUD_DOMAIN_ID)
        : iam().findAccountId();
      return domainId;
    },
    progress,
    note: options.note,
    removeTask: async (id) => {
      for (let attempt = 1; !(await removeTask(calls, id)); attempt++) {
        if (attempt === DELETION_ATTEMPTS) return options.note(`not deleted: the migration task ${id} of this probe`);
        // An active task may be undeletable; this one ends by itself.
        await (options.sleep ?? wait)(DELETION_WAIT_MS);
      }
    },
    ...(options.sacrifice ? { sacrifice: options.sacrifice } : {}),
    ...(event && eventFolder
      ? { event: { ...event, name: event.place.name, folder: interruptible(eventFolder, signal) } }
      : {}),
    sleep: options.sleep ?? ((ms) => wait(ms, undefined, { signal }).catch(() => stop())),
  };
  return {
    world,
    removeLeftovers: async () => {
      const places = [...('missing' in place ? [] : [place]), ...(event ? [event.place] : [])];
      let removed = 0;
      for (const { bucket, prefix } of places)
        removed += await removeLeftovers({ ...objects, bucket, prefix }, Date.now());
      return removed;
    },
    close: async () => {
      const removals = [
        ...('missing' in folder ? [] : [() => folder.removeAll()]),
        ...(event && eventFolder ? [() => eventFolder.removeAll(), () => event.receipts.removeAll()] : []),
      ];
      const results = await Promise.allSettled(removals.map(tryAgain));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
    requestStop: async () => {
      if ('missing' in folder) return false;
      await folder.put(STOP_OBJECT, '');
      return true;
    },
    isStopRequested: async () => !('missing' in folder) && (await folder.read(STOP_OBJECT)) !== undefined,
  };
}

async function tryAgain(remove: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await remove();
      return;
    } catch (error) {
      if (attempt === REMOVAL_ATTEMPTS) throw error;
      await wait(REMOVAL_WAIT_MS);
    }
  }
}

function stop(): never {
  throw new Interrupted('interrupted');
}

/** The same object, whose methods reject once the signal is aborted. */
function interruptible<T extends ProbeFolder | ProbeCalls>(target: T, signal: AbortSignal): T {
  const entries = Object.entries(target).map(([name, value]) => {
    if (typeof value !== 'function') return [name, value] as const;
    const method = async (...args: unknown[]) => {
      if (signal.aborted) stop();
      return value(...args) as unknown;
    };
    return [name, method] as const;
  });
  return Object.fromEntries(entries) as T;
}
