import { createHash } from 'node:crypto';
import type { LocalSecret } from '../../packages/local-cloud/src/cloud/csms/secrets.ts';
import type { LocalBackup, LocalInstance } from '../../packages/local-cloud/src/cloud/dcs/instances.ts';
import type { LocalServer } from '../../packages/local-cloud/src/cloud/ecs/servers.ts';
import type { LocalAgency } from '../../packages/local-cloud/src/cloud/iam/agencies.ts';
import type { LocalSource } from '../../packages/local-cloud/src/cloud/sms/sources.ts';
import type { LocalTemplate } from '../../packages/local-cloud/src/cloud/sms/templates.ts';
import type { Job, Jobs } from '../jobs/job.ts';
import { storedReferences } from '../jobs/secret-names.ts';
import { isRecord } from '../kernel/is-record.ts';
import { isSecretReference } from '../kernel/secret-reference.ts';
import { latestBackup } from '../migrations/backup-import/latest-of.ts';
import { localStoredSecrets, localValue } from './local-secret.ts';

/** The size of the disk of the local source servers. */
const DISK_GB = 40;
const BYTES_PER_GB = 2 ** 30;
const HOUR_MS = 3_600_000;

/**
 * The DCS instances that a jobs file names. An instance whose newest backup is imported has two backups, and a later one that failed.
 *
 * @param now epoch ms
 */
export function seedInstances(jobs: Jobs, now: number): LocalInstance[] {
  const backedUp = new Set([...jobs.jobs.values()].flatMap((job) => backedUpIn(job, jobs.targets)));
  const instances = new Map<string, LocalInstance>();
  const add = (instance: LocalInstance) => instances.set(instance.id, { ...instances.get(instance.id), ...instance });
  for (const [name, { id, password }] of jobs.targets) add({ id, name, ...passwordOf(password, jobs) });
  for (const { fields } of jobs.jobs.values()) {
    const { configure, target_instance: target } = fields;
    const sides = isRecord(configure) ? [configure['source_instance'], configure['target_instance']] : [];
    for (const instance of [target, ...sides]) {
      if (!isRecord(instance) || typeof instance['id'] !== 'string') continue;
      add({ id: instance['id'], name: instanceName(instance['id']), ...passwordOf(instance['password'], jobs) });
    }
  }
  // An instance named by id only has no password in the file.
  for (const id of backedUp) if (!instances.has(id)) add({ id, name: instanceName(id) });
  return [...instances.values()].map((instance) => ({
    ...instance,
    ...(backedUp.has(instance.id) ? { backups: backupsOf(instance.id, now) } : {}),
  }));
}

/** The source servers that jobs migrate. */
export function seedSources(jobs: Jobs): LocalSource[] {
  const sources = new Map<string, LocalSource>();
  for (const { fields } of jobs.jobs.values()) {
    const { source_server: source, os_type: osType } = fields;
    if (!isRecord(source) || typeof source['id'] !== 'string') continue;
    const { id } = source;
    sources.set(id, { id, name: `source-${id.slice(0, 8)}`, osType: osType === 'WINDOWS' ? 'WINDOWS' : 'LINUX' });
  }
  return [...sources.values()];
}

/** The templates for target servers: complete, so that SMS can create the servers. */
export function seedTemplates(jobs: Jobs, projectId: string): LocalTemplate[] {
  return serverTargets(jobs, 'template').map(({ id, region }) => ({
    id,
    name: `template-${id.slice(0, 8)}`,
    is_template: true,
    region,
    projectid: projectId,
    availability_zone: `${region}a`,
    flavor: 's6.large.2',
    vpc: { id: 'autoCreate' },
    nics: [{ id: 'autoCreate' }],
    security_groups: [{ id: 'autoCreate' }],
    publicip: { type: '5_bgp', bandwidth_size: 5 },
    disk: [{ index: 0, name: 'system', disktype: 'GPSSD', size: DISK_GB }],
    image_id: uuidOf(`${id} image`),
  }));
}

/** The existing target servers: those that jobs describe, and those that they only name. */
export function seedServers(jobs: Jobs): LocalServer[] {
  const described = [...jobs.jobs.values()].flatMap(({ fields }) => describedServer(fields));
  const named = serverTargets(jobs, 'server').map(({ id }) => ({
    id,
    disks: [{ id: uuidOf(`${id} disk`), sizeGb: DISK_GB }],
  }));
  const servers = new Map([...named, ...described].map((server) => [server.id, server]));
  return [...servers.values()].map(({ id, disks }) => ({
    id,
    name: `ecs-${id.slice(0, 8)}`,
    floatingIps: ['203.0.113.25'],
    disks,
  }));
}

/** URNs of the topics that receive notifications. */
export function seedTopics(jobs: Jobs): string[] {
  return [...new Set([...jobs.jobs.values()].flatMap(({ policies }) => policies.notify?.smn ?? []))];
}

/** The secrets in DEW that a jobs file names, with generated values, and the versions that it names (a secret has at most 20). */
export function seedSecrets(jobs: Jobs): LocalSecret[] {
  const references = storedReferences(jobs);
  return [...localStoredSecrets(jobs)].map(([name, text]) => {
    const numbers = references
      .filter(({ csms }) => csms === name)
      .flatMap(({ version = '' }) => (/^v([1-9]|1\d|20)$/.test(version) ? [Number(version.slice(1))] : []));
    return { name, text, versions: Math.max(1, ...numbers) };
  });
}

/** The project that a jobs file names, else the project of its first topic; undefined without either. */
export function projectIn(jobs: Jobs): string | undefined {
  const named = [...jobs.jobs.values()].map(({ fields }) => fields['project_id']).find((id) => typeof id === 'string');
  return named ?? seedTopics(jobs)[0]?.split(':')[3];
}

/** The agency that `serverless.yml` names. It trusts FunctionGraph, and has all permissions that our functions can need. */
export function seedAgencies(): LocalAgency[] {
  const policy = (name: string, actions: readonly string[]) => ({ id: uuidOf(name), name, statements: [{ actions }] });
  return [
    {
      id: uuidOf('agency migration-functions'),
      name: 'migration-functions',
      trusts: 'op_svc_cff',
      project: [policy('migration-functions-project', ['csms:*:*', 'dcs:*:*', 'ecs:*:*', 'kms:*:*', 'smn:*:*'])],
      global: [policy('migration-functions-global', ['iam:*:*', 'obs:*:*', 'sms:*:*'])],
    },
  ];
}

function backedUpIn({ fields }: Job, targets: Jobs['targets']): string[] {
  const latest = latestBackup(fields['backup_files'], targets);
  return latest ? [latest.instanceId] : [];
}

function backupsOf(instanceId: string, now: number): LocalBackup[] {
  return [
    { id: uuidOf(`${instanceId} older`), status: 'succeed', createdAt: now - 25 * HOUR_MS },
    { id: uuidOf(`${instanceId} newest`), status: 'succeed', createdAt: now - HOUR_MS },
    { id: uuidOf(`${instanceId} failed`), status: 'failed', createdAt: now - HOUR_MS / 2 },
  ];
}

function instanceName(id: string): string {
  return `dcs-${id.slice(0, 8)}`;
}

function passwordOf(password: unknown, jobs: Jobs): Pick<LocalInstance, 'password'> {
  return isSecretReference(password) ? { password: localValue(password, jobs) } : {};
}

/** The templates or servers that jobs name as targets, without duplicates. */
function serverTargets(jobs: Jobs, kind: 'template' | 'server'): { readonly id: string; readonly region: string }[] {
  const targets = new Map<string, { readonly id: string; readonly region: string }>();
  for (const { fields } of jobs.jobs.values()) {
    const { target } = fields;
    if (!isRecord(target) || typeof target['region'] !== 'string') continue;
    const id = target[kind];
    if (typeof id === 'string') targets.set(id, { id, region: target['region'] });
  }
  return [...targets.values()];
}

function describedServer({ target_server: target }: Job['fields']): Pick<LocalServer, 'id' | 'disks'>[] {
  if (!isRecord(target) || typeof target['vm_id'] !== 'string' || target['vm_id'] === '') return [];
  const disks = Array.isArray(target['disks']) ? target['disks'].filter(isRecord) : [];
  return [
    {
      id: target['vm_id'],
      disks: disks.flatMap(({ disk_id: id, size: bytes }) =>
        typeof id === 'string' && typeof bytes === 'number' ? [{ id, sizeGb: Math.ceil(bytes / BYTES_PER_GB) }] : [],
      ),
    },
  ];
}

/** A deterministic UUID: the same at every start. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
