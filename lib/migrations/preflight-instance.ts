import type { Problem } from '../kernel/errors.ts';
import type { DcsInstance } from '../ports/dcs.ts';
import { isOlderVersion } from './engine-version.ts';
import type { Preflight } from './preflight-findings.ts';

const MB = 1024 * 1024;

/** The reasons of runs whose target or source instance is busy. */
export const TARGET_BUSY = 'instance_busy';
export const SOURCE_BUSY = 'source_busy';

/** States that do not end by themselves (reference of DCS, section 4). All others but `RUNNING` are temporary. */
const PERMANENT_STATES = new Set(['CREATEFAILED', 'ERROR', 'FROZEN', 'CLOSED', 'DELETED']);

function isRunning({ status }: DcsInstance): boolean {
  return status.toUpperCase() === 'RUNNING';
}

/** Checks that the instance is `RUNNING`. It is a temporary problem if it will be without intervention. */
export function checkRunning(
  instance: DcsInstance,
  busy: typeof TARGET_BUSY | typeof SOURCE_BUSY,
  path: Problem['path'],
  found: Preflight,
): void {
  if (isRunning(instance)) return;
  const message = `instance ${instance.name} is ${instance.status}, but must be RUNNING`;
  if (PERMANENT_STATES.has(instance.status.toUpperCase())) found.problem(path, message);
  else found.temporaryProblem(busy, path, message);
}

/**
 * Checks what both sides of a DCS migration need (reference of DCS, section 4): the instance exists and is `RUNNING`, SSL is off, and a password is
 * given exactly when the instance has one.
 */
export function checkInstance(
  instance: DcsInstance | undefined,
  given: Readonly<Record<string, unknown>>,
  { path, busy }: { readonly path: Problem['path']; readonly busy: typeof TARGET_BUSY | typeof SOURCE_BUSY },
  found: Preflight,
): void {
  if (!instance) {
    found.problem([...path, 'id'], 'DCS instance not found in this region and project');
    return;
  }
  checkRunning(instance, busy, [...path, 'id'], found);
  if (instance.sslEnabled) {
    found.problem([...path, 'id'], `instance ${instance.name} has SSL enabled; disable it to migrate data`);
  }
  const hasPassword = given['password'] !== undefined;
  if (instance.passwordFree && hasPassword) {
    found.problem([...path, 'password'], `instance ${instance.name} needs no password; leave it out`);
  } else if (!instance.passwordFree && !hasPassword) {
    found.problem([...path, 'password'], `instance ${instance.name} has a password; give it as { user_data: NAME }`);
  }
}

/** Checks that the target has the same version as the source or a newer one. Finds nothing when a version is unknown. */
export function checkVersions(
  source: DcsInstance | undefined,
  target: DcsInstance | undefined,
  path: Problem['path'],
  found: Preflight,
): void {
  const [from, to] = [source?.engineVersion, target?.engineVersion];
  if (from === undefined || to === undefined || !isOlderVersion(to, from)) return;
  found.problem(
    path,
    `the target has Redis ${to}, which is older than the source's ${from}: data can only be migrated to the same version or a newer one`,
  );
}

/** Warns when the data is larger than the free memory of the target. How much memory the data of a file needs is not known in advance. */
export function checkMemory(
  bytes: number,
  target: DcsInstance | undefined,
  { path, what }: { readonly path: Problem['path']; readonly what: string },
  found: Preflight,
): void {
  if (target?.maxMemoryMb === undefined || bytes <= 0) return;
  const freeMb = target.maxMemoryMb - (target.usedMemoryMb ?? 0);
  if (bytes <= freeMb * MB) return;
  const size = Math.ceil(bytes / MB);
  const free = `${Math.max(0, Math.floor(freeMb))} of ${target.maxMemoryMb} MB free`;
  found.warning(path, `${what} has ${size} MB, but instance ${target.name} has only ${free}: the migration may fail`);
}
