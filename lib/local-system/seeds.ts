import { createHash } from 'node:crypto';
import type { LocalInstance } from '../../packages/local-cloud/src/cloud/dcs/instances.ts';
import type { LocalServer } from '../../packages/local-cloud/src/cloud/ecs/servers.ts';
import type { LocalAgency } from '../../packages/local-cloud/src/cloud/iam/agencies.ts';
import type { LocalTemplate } from '../../packages/local-cloud/src/cloud/sms/templates.ts';
import type { GlancedServerTarget, JobsGlance } from './jobs-glance.ts';
import { localSecret } from './local-secret.ts';

/** Of the local source servers' one disk. */
const DISK_GB = 40;
const BYTES_PER_GB = 2 ** 30;
const HOUR_MS = 3_600_000;

/**
 * The DCS instances that a jobs file names. One whose newest backup is imported has two of them, and one that failed since.
 *
 * @param now epoch ms
 */
export function seedInstances({ instances }: JobsGlance, now: number): LocalInstance[] {
  return instances.map(({ id, name, passwordVariable, needsBackup }) => ({
    id,
    name,
    ...(passwordVariable === undefined ? {} : { password: localSecret(passwordVariable) }),
    ...(needsBackup
      ? {
          backups: [
            { id: uuidOf(`${id} older`), status: 'succeed', createdAt: now - 25 * HOUR_MS },
            { id: uuidOf(`${id} newest`), status: 'succeed', createdAt: now - HOUR_MS },
            { id: uuidOf(`${id} failed`), status: 'failed', createdAt: now - HOUR_MS / 2 },
          ],
        }
      : {}),
  }));
}

/** The templates that target servers are made from: complete, so that SMS can make them. */
export function seedTemplates({ serverTargets }: JobsGlance, projectId: string): LocalTemplate[] {
  return serverTargets.filter(isOf('template')).map(({ id, region }) => ({
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

/** The existing servers that are migrated to. */
export function seedServers({ serverTargets }: JobsGlance): LocalServer[] {
  return serverTargets.filter(isOf('server')).map(({ id, disks }) => ({
    id,
    name: `ecs-${id.slice(0, 8)}`,
    floatingIps: ['203.0.113.25'],
    disks: disks?.map((disk) => ({ id: disk.id, sizeGb: Math.ceil(disk.bytes / BYTES_PER_GB) })) ?? [
      { id: uuidOf(`${id} disk`), sizeGb: DISK_GB },
    ],
  }));
}

/** The agency that `serverless.yml` names: FunctionGraph may act with it, and it is allowed all that functions of ours can need. */
export function seedAgencies(): LocalAgency[] {
  const policy = (name: string, actions: readonly string[]) => ({ id: uuidOf(name), name, statements: [{ actions }] });
  return [
    {
      id: uuidOf('agency migration-functions'),
      name: 'migration-functions',
      trusts: 'op_svc_cff',
      project: [policy('migration-functions-project', ['dcs:*:*', 'ecs:*:*', 'smn:*:*'])],
      global: [policy('migration-functions-global', ['iam:*:*', 'obs:*:*', 'sms:*:*'])],
    },
  ];
}

function isOf(kind: GlancedServerTarget['kind']): (target: GlancedServerTarget) => boolean {
  return (target) => target.kind === kind;
}

/** The same at every start. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
