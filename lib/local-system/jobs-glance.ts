import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { TimerSchedule } from '../../packages/local-cloud/src/functiongraph/schedule.ts';

/** When a set of objects is complete, and which objects are one. */
export interface GlancedSet {
  /** `{set}` stands for the name of a set. */
  readonly by: string;
  readonly marker?: string;
  readonly count?: number;
  /** The marker's content lists the files. */
  readonly isListed?: true;
}

/** What a caller may send, and how it is known: the first variable that holds a token, or one that signs. */
export interface GlancedRequest {
  readonly accepts: readonly string[];
  readonly bearer?: string;
  readonly signing?: string;
}

/** As much of a job as is needed to set up its triggers and to play them. */
export interface GlancedJob {
  readonly name: string;
  readonly objectCreated?: { readonly bucket: string; readonly key: string; readonly set?: GlancedSet };
  readonly schedule?: TimerSchedule;
  readonly request?: GlancedRequest;
  readonly kind: string;
  readonly action: Readonly<Record<string, unknown>>;
  /** Is a topic told of a success? */
  readonly tellsOfSuccess: boolean;
  readonly isDryRun: boolean;
  /** Does it want its task stopped when source and target are the same? */
  readonly stops: boolean;
}

/** A DCS instance that the file names, and the variable that holds its password. */
export interface GlancedInstance {
  readonly id: string;
  readonly name: string;
  readonly passwordVariable?: string;
  /** Does a job import its newest backup? Then it has to have one. */
  readonly needsBackup: boolean;
}

/** A source server that a job migrates. */
export interface GlancedSource {
  readonly id: string;
  readonly name: string;
  readonly osType: 'LINUX' | 'WINDOWS';
}

/** A template or an existing server that a job migrates to. */
export interface GlancedServerTarget {
  readonly kind: 'template' | 'server';
  readonly id: string;
  readonly region: string;
  /** Of a server that the job describes itself. */
  readonly disks?: readonly { readonly id: string; readonly bytes: number }[];
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
  readonly serverTargets: readonly GlancedServerTarget[];
  /** URNs of the topics that are told of runs. */
  readonly topics: readonly string[];
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
  const projectId = found.projectId ?? [...found.topics][0]?.split(':')[3];
  return {
    region: typeof root['region'] === 'string' ? root['region'] : 'ap-southeast-3',
    ...(typeof root['time_zone'] === 'string' ? { timeZone: root['time_zone'] } : {}),
    ...(projectId === undefined ? {} : { projectId }),
    jobs,
    instances: instancesOf(found, asRecord(root['targets'])),
    variables: [...found.variables],
    signingVariables: [...found.signingVariables],
    sourceServers: [...found.sourceServers.values()],
    serverTargets: [...found.serverTargets.values()],
    topics: [...found.topics],
  };
}

function glanceAtJob(name: string, job: Record<string, unknown>): GlancedJob {
  const on = asRecord(job['on']);
  const object = asRecord(on['object_created']);
  const set = glanceAtSet(asRecord(object['set']));
  const schedule = asRecord(on['schedule']);
  const kind = KINDS.find((key) => key in job) ?? '';
  const notify = asRecord(job['notify']);
  return {
    name,
    ...(typeof object['bucket'] === 'string' && typeof object['key'] === 'string'
      ? { objectCreated: { bucket: object['bucket'], key: object['key'], ...(set ? { set } : {}) } }
      : {}),
    ...(typeof schedule['cron'] === 'string' ? { schedule: { cron: schedule['cron'] } } : {}),
    ...(typeof schedule['rate'] === 'string' ? { schedule: { rate: schedule['rate'] } } : {}),
    ...('request' in on ? { request: glanceAtRequest(asRecord(on['request'])) } : {}),
    kind,
    action: asRecord(job[kind]),
    tellsOfSuccess: 'smn' in notify && (!Array.isArray(notify['on']) || notify['on'].includes('succeeded')),
    isDryRun: job['dry_run'] === true,
    stops: 'stop_when' in job,
  };
}

function glanceAtRequest({ accepts, auth }: Record<string, unknown>): GlancedRequest {
  const { bearer, standard_webhooks: signing } = asRecord(auth);
  const variable = (secrets: unknown) => (Array.isArray(secrets) ? asRecord(secrets[0])['user_data'] : undefined);
  const [token, key] = [variable(bearer), variable(signing)];
  return {
    accepts: Array.isArray(accepts) ? accepts.map(String) : [],
    ...(typeof token === 'string' ? { bearer: token } : {}),
    ...(typeof key === 'string' ? { signing: key } : {}),
  };
}

function glanceAtSet({ by, complete }: Record<string, unknown>): GlancedSet | undefined {
  if (typeof by !== 'string') return undefined;
  const { marker, count, manifest } = asRecord(complete);
  return {
    by,
    ...(typeof marker === 'string' ? { marker } : {}),
    ...(typeof count === 'number' ? { count } : {}),
    ...(manifest === true ? { isListed: true } : {}),
  };
}

interface Found {
  readonly instances: Map<string, Omit<GlancedInstance, 'needsBackup'>>;
  /** Ids of instances and names of targets whose newest backup is imported. */
  readonly backedUp: Set<string>;
  readonly variables: Set<string>;
  readonly signingVariables: Set<string>;
  readonly sourceServers: Map<string, GlancedSource>;
  readonly serverTargets: Map<string, GlancedServerTarget>;
  readonly topics: Set<string>;
  projectId: string | undefined;
}

/** Looks at every value of the file: instances stand in `targets` and in bodies, secrets anywhere. */
function findAll(root: Record<string, unknown>): Found {
  const found: Found = {
    instances: new Map(),
    backedUp: new Set(),
    variables: new Set(),
    signingVariables: new Set(),
    sourceServers: new Map(),
    serverTargets: new Map(),
    topics: new Set(),
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
  const { latest_of: backedUp, smn: topic } = record;
  if (typeof backedUp === 'string') found.backedUp.add(backedUp);
  if (typeof topic === 'string') found.topics.add(topic);
  findServers(record, found);
  const project = record['project_id'];
  if (typeof project === 'string') found.projectId ??= project;
  for (const [key, item] of Object.entries(record)) visit(item, [...path, key], found);
}

function findServers(record: Record<string, unknown>, { sourceServers, serverTargets }: Found): void {
  const { id: sourceId } = asRecord(record['source_server']);
  if (typeof sourceId === 'string') {
    const osType = record['os_type'] === 'WINDOWS' ? 'WINDOWS' : 'LINUX';
    sourceServers.set(sourceId, { id: sourceId, name: `source-${sourceId.slice(0, 8)}`, osType });
  }
  const { vm_id: described, disks: itsDisks } = asRecord(record['target_server']);
  const { region_id: itsRegion } = record;
  if (typeof described === 'string' && typeof itsRegion === 'string' && described !== '') {
    const disks = (Array.isArray(itsDisks) ? itsDisks.map(asRecord) : []).flatMap(({ disk_id: id, size: bytes }) =>
      typeof id === 'string' && typeof bytes === 'number' ? [{ id, bytes }] : [],
    );
    serverTargets.set(described, { kind: 'server', id: described, region: itsRegion, disks });
  }
  const { region, template, server } = asRecord(record['target']);
  if (typeof region !== 'string') return;
  if (typeof template === 'string') serverTargets.set(template, { kind: 'template', id: template, region });
  if (typeof server === 'string') serverTargets.set(server, { kind: 'server', id: server, region });
}

function instancesOf({ instances, backedUp }: Found, targets: Record<string, unknown>): GlancedInstance[] {
  const ids = new Set([...backedUp].map((name) => asRecord(targets[name])['id'] ?? name));
  // One that is named by its id alone has no password that the file knows of.
  const others = [...backedUp].filter((name) => !(name in targets) && !instances.has(name));
  return [...instances.values(), ...others.map((id) => ({ id, name: `dcs-${id.slice(0, 8)}` }))].map((instance) => ({
    ...instance,
    needsBackup: ids.has(instance.id),
  }));
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
