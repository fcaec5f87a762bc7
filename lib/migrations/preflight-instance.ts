import type { Problem } from '../kernel/errors.ts';
import type { DcsInstance } from '../ports/dcs.ts';
import { isOlderVersion } from './engine-version.ts';
import type { Preflight } from './preflight-findings.ts';

const MB = 1024 * 1024;

/** The reason of a run whose target is busy, and of one whose source instance is. */
export const TARGET_BUSY = 'instance_busy';
export const SOURCE_BUSY = 'source_busy';

/** States that do not pass by themselves: somebody has to act (reference of DCS, section 4). Every other one but `RUNNING` passes. */
const STANDING = new Set(['CREATEFAILED', 'ERROR', 'FROZEN', 'CLOSED', 'DELETED']);

function isRunning({ status }: DcsInstance): boolean {
  return status.toUpperCase() === 'RUNNING';
}

/** Is the instance `RUNNING`, or will it be by itself? */
export function checkRunning(
  instance: DcsInstance,
  busy: typeof TARGET_BUSY | typeof SOURCE_BUSY,
  path: Problem['path'],
  found: Preflight,
): void {
  if (isRunning(instance)) return;
  const message = `instance ${instance.name} is ${instance.status}, and must be RUNNING`;
  if (STANDING.has(instance.status.toUpperCase())) found.problem(path, message);
  else found.temporaryProblem(busy, path, message);
}

/**
 * What holds for either side of a DCS migration (reference of DCS, section 4): the instance is there and `RUNNING`, SSL is off, and a password
 * is given exactly when there is one.
 */
export function checkInstance(
  instance: DcsInstance | undefined,
  given: Readonly<Record<string, unknown>>,
  { path, busy }: { readonly path: Problem['path']; readonly busy: typeof TARGET_BUSY | typeof SOURCE_BUSY },
  found: Preflight,
): void {
  if (!instance) {
    found.problem([...path, 'id'], 'there is no such DCS instance in this region and project');
    return;
  }
  checkRunning(instance, busy, [...path, 'id'], found);
  if (instance.sslEnabled) {
    found.problem([...path, 'id'], `instance ${instance.name} has SSL on; data can be migrated only with SSL off`);
  }
  const hasPassword = given['password'] !== undefined;
  if (instance.passwordFree && hasPassword) {
    found.problem([...path, 'password'], `instance ${instance.name} needs no password; leave it out`);
  } else if (!instance.passwordFree && !hasPassword) {
    found.problem([...path, 'password'], `instance ${instance.name} has a password; give it as { user_data: NAME }`);
  }
}

/** Data goes into the same version or a newer one. Says nothing where a version is not known. */
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
    `the target has Redis ${to}, older than the source's ${from}: data goes to the same version or a newer one`,
  );
}

/** Warns when so much data is more than the target has free. How much room a file's data takes in memory is not known before. */
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
  const room = `${Math.max(0, Math.floor(freeMb))} of ${target.maxMemoryMb} MB free`;
  found.warning(path, `${what} has ${size} MB, and instance ${target.name} has ${room}: the migration may fail`);
}
