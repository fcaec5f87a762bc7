import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { TimerSchedule } from './functiongraph/schedule.ts';

/** As much of a job as is needed to set up its triggers and to play them. */
export interface GlancedJob {
  readonly name: string;
  readonly objectCreated?: { readonly bucket: string; readonly key: string };
  readonly schedule?: TimerSchedule;
  readonly request?: { readonly accepts: readonly string[] };
  readonly kind: string;
  readonly action: Readonly<Record<string, unknown>>;
}

/** A DCS instance that the file names, and the variable that holds its password. */
export interface GlancedInstance {
  readonly id: string;
  readonly name: string;
  readonly passwordVariable?: string;
}

/** A source server that a job migrates. */
export interface GlancedSource {
  readonly id: string;
  readonly name: string;
  readonly osType: 'LINUX' | 'WINDOWS';
}

/** What the local system has to know of a jobs file. */
export interface JobsGlance {
  readonly region: string;
  readonly timeZone?: string;
  readonly projectId?: string;
  readonly jobs: readonly GlancedJob[];
  readonly instances: readonly GlancedInstance[];
  /** Names of all variables that stand for secrets. */
  readonly variables: readonly string[];
  /** Those of them that sign messages. */
  readonly signingVariables: readonly string[];
  readonly sourceServers: readonly GlancedSource[];
  /** The bucket of a ledger in OBS. */
  readonly ledgerBucket?: string;
}

const KINDS = ['backup_import', 'online_migration', 'server_migration'];

/**
 * Reads a jobs file just far enough to run it locally. The file was checked when the functions were built: what is not understood here
 * is passed over.
 *
 * @throws when the file can't be read or is no YAML
 */
export async function glanceAtJobs(file: string): Promise<JobsGlance> {
  return glance(parse(await readFile(file, 'utf8')));
}

/** The same for a parsed file. */
export function glance(document: unknown): JobsGlance {
  const root = asRecord(document);
  const jobs = Object.entries(asRecord(root['jobs'])).map(([name, job]) => glanceAtJob(name, asRecord(job)));
  const found = findAll(root);
  const { bucket: ledgerBucket } = asRecord(asRecord(root['ledger'])['obs']);
  return {
    region: typeof root['region'] === 'string' ? root['region'] : 'ap-southeast-3',
    ...(typeof root['time_zone'] === 'string' ? { timeZone: root['time_zone'] } : {}),
    ...(found.projectId === undefined ? {} : { projectId: found.projectId }),
    jobs,
    instances: [...found.instances.values()],
    variables: [...found.variables],
    signingVariables: [...found.signingVariables],
    sourceServers: [...found.sourceServers.values()],
    ...(typeof ledgerBucket === 'string' ? { ledgerBucket } : {}),
  };
}

function glanceAtJob(name: string, job: Record<string, unknown>): GlancedJob {
  const on = asRecord(job['on']);
  const object = asRecord(on['object_created']);
  const schedule = asRecord(on['schedule']);
  const kind = KINDS.find((key) => key in job) ?? '';
  const accepts = asRecord(on['request'])['accepts'];
  return {
    name,
    ...(typeof object['bucket'] === 'string' && typeof object['key'] === 'string'
      ? { objectCreated: { bucket: object['bucket'], key: object['key'] } }
      : {}),
    ...(typeof schedule['cron'] === 'string' ? { schedule: { cron: schedule['cron'] } } : {}),
    ...(typeof schedule['rate'] === 'string' ? { schedule: { rate: schedule['rate'] } } : {}),
    ...('request' in on ? { request: { accepts: Array.isArray(accepts) ? accepts.map(String) : [] } } : {}),
    kind,
    action: asRecord(job[kind]),
  };
}

interface Found {
  readonly instances: Map<string, GlancedInstance>;
  readonly variables: Set<string>;
  readonly signingVariables: Set<string>;
  readonly sourceServers: Map<string, GlancedSource>;
  projectId: string | undefined;
}

/** Looks at every value of the file: instances stand in `targets` and in bodies, secrets anywhere. */
function findAll(root: Record<string, unknown>): Found {
  const found: Found = {
    instances: new Map(),
    variables: new Set(),
    signingVariables: new Set(),
    sourceServers: new Map(),
    projectId: undefined,
  };
  visit(root, [], found);
  return found;
}

function visit(value: unknown, path: readonly string[], found: Found): void {
  if (typeof value !== 'object' || value === null) return;
  const record = value as Record<string, unknown>;
  const variable = record['user_data'];
  if (typeof variable === 'string') {
    found.variables.add(variable);
    if (path.includes('standard_webhooks')) found.signingVariables.add(variable);
  }
  const { id } = record;
  const name = path.at(-1) ?? '';
  if (typeof id === 'string') {
    const isTarget = path.length === 2 && path[0] === 'targets';
    if (isTarget || name === 'target_instance' || name === 'source_instance') {
      const password = asRecord(record['password'])['user_data'];
      const known = typeof password === 'string' ? { passwordVariable: password } : {};
      found.instances.set(id, {
        ...found.instances.get(id),
        id,
        name: isTarget ? name : `dcs-${id.slice(0, 8)}`,
        ...known,
      });
    }
  }
  const { id: sourceId } = asRecord(record['source_server']);
  if (typeof sourceId === 'string') {
    const osType = record['os_type'] === 'WINDOWS' ? 'WINDOWS' : 'LINUX';
    found.sourceServers.set(sourceId, { id: sourceId, name: `source-${sourceId.slice(0, 8)}`, osType });
  }
  const project = record['project_id'];
  if (typeof project === 'string') found.projectId ??= project;
  for (const [key, item] of Object.entries(record)) visit(item, [...path, key], found);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
