import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatJson, parseJson } from './json.ts';

/** The stored state of the services: tasks, created backups and templates, changes of instances, and secrets. */
export interface CloudState {
  /** The time of the cloud's clock (epoch ms) at which it was stored; undefined in older files. */
  readonly now: number | undefined;
  /** How far that clock was ahead of real time then, in ms; undefined in older files, and if it was not. */
  readonly aheadMs: number | undefined;
  readonly dcs: readonly unknown[];
  readonly sms: readonly unknown[];
  readonly backups: readonly unknown[];
  readonly templates: readonly unknown[];
  /** What operations have changed of DCS instances; undefined in older files. */
  readonly instances: unknown;
  /** With their values: this is the only place where they are. */
  readonly secrets: readonly unknown[];
}

const FORMAT = 1;

/**
 * Reads a state file; undefined if it does not exist.
 *
 * @throws {Error} when the file is not the state of a local cloud; delete it to start empty
 */
export function readState(path: string): CloudState | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`read the local cloud's tasks from ${path}: the file cannot be read`, { cause: error });
  }
  let state: unknown;
  try {
    state = parseJson(text);
  } catch (error) {
    throw notAStateFile(path, error);
  }
  // Older files have only tasks.
  const {
    format,
    now,
    ahead_ms: aheadMs,
    dcs,
    sms,
    backups = [],
    templates = [],
    instances,
    secrets = [],
  } = (state ?? {}) as Record<string, unknown>;
  if (
    format !== FORMAT ||
    !isArray(dcs) ||
    !isArray(sms) ||
    !isArray(backups) ||
    !isArray(templates) ||
    !isArray(secrets)
  )
    throw notAStateFile(path, undefined);
  if (!isNumberIfAny(now) || !isNumberIfAny(aheadMs)) throw notAStateFile(path, undefined);
  return { now, aheadMs, dcs, sms, backups, templates, instances, secrets };
}

/** Replaces the file atomically: a reader, or a restart after a crash, sees either the old or the new one. Only the user can read it.
 * Passwords are left out, except for the secrets of CSMS. */
export function writeState(path: string, state: CloudState): void {
  mkdirSync(dirname(path), { recursive: true });
  const text = formatJson({
    format: FORMAT,
    now: state.now,
    ahead_ms: state.aheadMs,
    dcs: state.dcs.map(withoutPasswords),
    sms: state.sms.map(withoutPasswords),
    backups: state.backups,
    templates: state.templates.map(withoutPasswords),
    instances: state.instances,
    secrets: state.secrets,
  });
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function isNumberIfAny(value: unknown): value is number | undefined {
  return value === undefined || typeof value === 'number';
}

function isArray(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

function notAStateFile(path: string, cause: unknown): Error {
  return new Error(
    `read the local cloud's tasks from ${path}: not a state file of this version; delete it to start empty`,
    {
      cause,
    },
  );
}

function withoutPasswords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPasswords);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (/password/i.test(key) ? [] : [[key, withoutPasswords(item)]])),
  );
}
