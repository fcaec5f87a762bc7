import type { Code } from '../../kernel/codes.ts';
import { type Problem, RunError } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import type { EcsDisk, EcsServer } from '../../ports/ecs.ts';
import type { AllServices } from '../../ports/services.ts';
import type { SmsServer, SmsTemplate } from '../../ports/sms.ts';
import { problemLine } from '../../schema/findings.ts';
import type { PlannedTask, ServerTarget } from '../action.ts';
import { TARGET_BUSY } from '../preflight-instance.ts';
import { checkServerMigration } from './check.ts';
import { type SourceDisk, type SourceLayout, sourceLayout } from './source-layout.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the cloud returned about both sides. `undefined`: it does not exist. */
export interface ServerFacts {
  readonly source: SmsServer | undefined;
  readonly template?: SmsTemplate | undefined;
  readonly ecs?: { readonly server: EcsServer | undefined; readonly disks: readonly EcsDisk[] };
  /** The project of the target's region, from IAM; looked up only when neither the job nor the template has one. */
  readonly projectId?: string | undefined;
}

export interface DerivedServerMigration {
  /** The whole body of CreateTask, within every limit. */
  readonly body: Fields;
  readonly warnings: readonly string[];
}

/** States of an ECS that end by themselves (ECS API reference, "ECS statuses"). */
const TEMPORARY_STATES = new Set([
  ...['BUILD', 'REBOOT', 'HARD_REBOOT', 'REBUILD', 'MIGRATING'],
  ...['RESIZE', 'VERIFY_RESIZE', 'REVERT_RESIZE'],
]);
const GB = 2 ** 30;
const TB = 2 ** 40;
/** SMS User Guide, issue 33 (2026-08), and FAQs, issue 70: disks of a source, bytes of a system disk, bytes of a Linux disk. */
const MAX_DISKS = 23;
const MAX_SYSTEM_DISK_BYTES = TB;
const MAX_LINUX_DISK_BYTES = 16 * TB;

/**
 * Builds the whole request of a server migration from the given fields and what the cloud returned (reference of SMS, section 7). Given fields take
 * precedence, also inside `target_server`.
 *
 * Call it before the task exists, because a source server with a task is refused. Makes no calls itself.
 *
 * @throws {RunError} `preflight` with every problem, not only the first. A retry helps once they are fixed.
 *   With a code of `TRANSIENT_FAILURES` when all problems are temporary, such as an absent Agent or a restarting target: a retry helps later
 */
export function deriveServerMigration(given: Fields, target: ServerTarget, facts: ServerFacts): DerivedServerMigration {
  const { source } = facts;
  const found = new Reasons();
  if (source) checkSource(source, found);
  else found.problem(['source_server', 'id'], 'source server not found in SMS');
  const osType = given['os_type'] ?? source?.osType.toUpperCase();
  const type = given['type'] ?? (osType === 'WINDOWS' ? 'MIGRATE_BLOCK' : 'MIGRATE_FILE');
  if (osType === 'WINDOWS' && type === 'MIGRATE_FILE') {
    found.problem(['type'], 'Windows servers can only be migrated by blocks: use MIGRATE_BLOCK, or leave it out');
  }
  const layout = source ? sourceLayout(source) : { disks: [], volumeGroups: [], btrfsList: [] };
  if (source) checkLayout(layout, osType, given, found);
  const usePublicIp = given['use_public_ip'] !== false;
  const side =
    'template' in target
      ? fromTemplate(target, { given, facts, layout, osType, usePublicIp }, found)
      : fromServer({ given, facts, layout, osType, usePublicIp }, target.server, found);
  const projectId = given['project_id'] ?? facts.template?.projectId ?? facts.projectId;
  if (projectId === undefined) {
    found.problem(['project_id'], `IAM has no project named ${target.region}; set project_id`);
  }
  const { target_server: _, ...others } = given;
  const body = {
    type,
    ...(osType === undefined ? {} : { os_type: osType }),
    ...regionFields(target),
    ...(projectId === undefined ? {} : { project_id: projectId }),
    start_target_server: true,
    auto_start: false,
    use_public_ip: usePublicIp,
    syncing: false,
    ...side.fields,
    ...others,
    target_server: {
      disks: side.disks,
      volume_groups: layout.volumeGroups,
      btrfs_list: layout.btrfsList,
      ...side.server,
      ...(isRecord(given['target_server']) ? given['target_server'] : {}),
    },
  };
  const checked = checkServerMigration(body, { mode: 'filled' });
  if (source) found.problems.push(...checked.problems.filter(({ path }) => !found.has(path)));
  if (found.problems.length > 0) {
    const message = `derive the migration of source server ${source?.id ?? nameOfSource(given)}: ${problemLine(found.problems)}`;
    throw new RunError(found.temporaryCode ?? 'preflight', message, found.problems);
  }
  return {
    body: checked.value,
    warnings: [...found.warnings, ...checked.warnings].map((warning) => problemLine([warning])),
  };
}

/** The fields that follow from the target's region: its default project has its name. */
export function regionFields({ region }: Pick<ServerTarget, 'region'>): Fields {
  return { region_name: region, region_id: region, project_name: region };
}

/**
 * Reads both sides from the cloud and completes the plan of a server migration that has `derive`. Calls: ShowServer of SMS, ShowTemplate or the ECS
 * and its disks, and IAM if the project is unknown.
 *
 * @throws {RunError} `preflight`, see `deriveServerMigration`
 * @throws {CloudError} when something can't be read
 */
export async function completeServerMigration(
  services: Pick<AllServices, 'smsServers' | 'ecs' | 'iam'>,
  planned: PlannedTask,
): Promise<PlannedTask> {
  const { derive: target, ...rest } = planned;
  if (!target || planned.target === undefined) throw new TypeError('this plan has nothing to derive');
  const servers = await services.smsServers();
  const [source, template, ecs] = await Promise.all([
    servers.showServer(planned.target),
    'template' in target ? servers.showTemplate(target.template) : undefined,
    'server' in target ? readEcs(services, target.server) : undefined,
  ]);
  const isKnown = planned.body['project_id'] !== undefined || template?.projectId !== undefined;
  const projectId = isKnown ? undefined : await (await services.iam()).findProjectId(target.region);
  const facts = { source, template, projectId, ...(ecs ? { ecs } : {}) };
  const { body, warnings } = deriveServerMigration(planned.body, target, facts);
  return { ...rest, body, warnings: [...planned.warnings, ...warnings] };
}

async function readEcs(services: Pick<AllServices, 'ecs'>, id: string): Promise<NonNullable<ServerFacts['ecs']>> {
  const ecs = await services.ecs();
  const server = await ecs.showServer(id);
  return { server, disks: server ? await ecs.listDisks(id) : [] };
}

class Reasons {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly #temporaryCodes: Code[] = [];

  /** The first temporary code, if all problems are temporary. */
  get temporaryCode(): Code | undefined {
    return this.problems.length === this.#temporaryCodes.length ? this.#temporaryCodes[0] : undefined;
  }

  temporaryProblem(code: Code, path: Problem['path'], message: string): void {
    this.#temporaryCodes.push(code);
    this.problem(path, message);
  }

  problem(path: Problem['path'], message: string): void {
    this.problems.push({ path, message });
  }

  warning(path: Problem['path'], message: string): void {
    this.warnings.push({ path, message });
  }

  has(path: Problem['path']): boolean {
    return this.problems.some((problem) => problem.path.join() === path.join());
  }
}

function nameOfSource(given: Fields): string {
  const source = given['source_server'];
  return isRecord(source) ? String(source['id']) : 'unknown';
}

function checkSource(source: SmsServer, found: Reasons): void {
  const path = ['source_server', 'id'];
  if (!source.connected)
    found.temporaryProblem(
      'agent_absent',
      path,
      'the source server is not connected: make sure that its Agent is running',
    );
  const { currentTask: task } = source;
  if (task) found.problem(path, `the source server already has task ${task.id} (${task.name}, ${task.state})`);
  const state = source.state.toLowerCase();
  const isAway = state === 'unavailable' || state === 'initialize';
  const message = `the source server is in state ${source.state}, but must be waiting`;
  if (isAway && !task) found.temporaryProblem('agent_absent', path, message);
  else if (state !== 'waiting') found.problem(path, message);
  const osType = source.osType.toUpperCase();
  if (osType !== 'WINDOWS' && osType !== 'LINUX') {
    found.problem(
      ['os_type'],
      `the source server's operating system is ${source.osType}; only WINDOWS and LINUX can be migrated`,
    );
  }
  for (const { name, result, message } of source.checks) {
    const description = message ? `${name}: ${message}` : name;
    if (result.toUpperCase() === 'ERROR') found.problem(path, `the source server failed the check ${description}`);
    else if (result.toUpperCase() === 'WARN')
      found.warning(path, `a check of the source server gave a warning: ${description}`);
  }
}

function checkLayout(layout: SourceLayout, osType: unknown, given: Fields, found: Reasons): void {
  const path = ['target_server', 'disks'];
  const { disks } = layout;
  if (disks.length === 0)
    found.temporaryProblem('agent_absent', path, "SMS has no data about the source server's disks yet");
  if (disks.length > MAX_DISKS)
    found.problem(path, `the source server has ${disks.length} disks; at most ${MAX_DISKS} can be migrated`);
  for (const { name, sizeBytes, isSystemDisk } of disks) {
    if (isSystemDisk && sizeBytes > MAX_SYSTEM_DISK_BYTES) {
      found.problem(path, `the system disk ${name} has ${gb(sizeBytes)} GB; at most 1024 can be migrated`);
    } else if (osType === 'LINUX' && Number.isSafeInteger(sizeBytes) && sizeBytes > MAX_LINUX_DISK_BYTES) {
      found.problem(path, `disk ${name} has ${gb(sizeBytes)} GB; at most 16384 can be migrated`);
    }
  }
  if (layout.btrfsList.length === 0) return;
  found.warning(
    ['target_server', 'btrfs_list'],
    'the SMS documentation is inconsistent on whether Btrfs can be migrated (SMS.6509)',
  );
  if (given['is_need_consistency_check'] === true) {
    found.problem(['is_need_consistency_check'], 'is not available for Btrfs');
  }
}

interface Sides {
  readonly given: Fields;
  readonly facts: ServerFacts;
  readonly layout: SourceLayout;
  readonly osType: unknown;
  readonly usePublicIp: boolean;
}

interface TargetSide {
  readonly fields: Fields;
  readonly server: Fields;
  readonly disks: readonly Fields[];
}

function fromTemplate(
  { region, template: id }: { readonly region: string; readonly template: string },
  { given, facts, layout, osType, usePublicIp }: Sides,
  found: Reasons,
): TargetSide {
  const { template, source } = facts;
  const path = ['target', 'template'];
  const disks = layout.disks.map(({ fields }) => fields);
  if (template) {
    if (template.region !== undefined && template.region !== region) {
      found.problem(path, `the template is for region ${template.region}, but the target's region is ${region}`);
    }
    for (const part of template.incomplete) found.problem(path, `the template has no ${part}`);
    if (usePublicIp && !template.hasPublicIp) {
      found.problem(
        path,
        'the template has no publicip; add one, or set use_public_ip: false if there is a private route',
      );
    }
    const sizes = template.disks.map(({ sizeGb }, i) => ({ sizeGb, name: `disk ${i} of the template` }));
    if (!hasOwnDisks(given)) pairDisks(layout.disks, sizes, 'the template', path, found);
  } else found.problem(path, 'server template not found in SMS');
  if (given['use_ipv6'] === true) found.problem(['use_ipv6'], 'is only available with an existing target');
  if (osType === 'WINDOWS') {
    found.warning(
      path,
      'the SMS documentation is inconsistent on whether a Windows target can be created from a template; an existing server is safer',
    );
  }
  return {
    fields: { vm_template_id: id, exist_server: false },
    server: { name: template?.targetServerName ?? source?.name ?? '', vm_id: '' },
    disks,
  };
}

function fromServer({ given, facts, layout, usePublicIp }: Sides, id: string, found: Reasons): TargetSide {
  const { source, ecs } = facts;
  const path = ['target', 'server'];
  const server = ecs?.server;
  const fields = { exist_server: true };
  if (!server) {
    found.problem(path, 'ECS not found');
    return { fields, server: { name: '', vm_id: id }, disks: layout.disks.map((disk) => disk.fields) };
  }
  const status = server.status.toUpperCase();
  const unready = `the target server is ${server.status}, but must be ACTIVE or SHUTOFF`;
  if (TEMPORARY_STATES.has(status)) {
    // Its disks and addresses may not exist yet.
    found.temporaryProblem(TARGET_BUSY, path, unready);
    return { fields, server: { name: server.name, vm_id: id }, disks: layout.disks.map((disk) => disk.fields) };
  }
  if (status !== 'ACTIVE' && status !== 'SHUTOFF') found.problem(path, unready);
  const [from, to] = [source?.firmware?.toUpperCase(), server.firmware?.toUpperCase()];
  if (from && to && from !== to) {
    found.problem(path, `the target server boots with ${to} and the source with ${from}; they must be the same`);
  }
  const address = (usePublicIp ? server.floatingIps : server.fixedIps).find(
    (ip) => ip.includes(':') === (given['use_ipv6'] === true),
  );
  if (address === undefined && given['migration_ip'] === undefined) {
    const kind = `${given['use_ipv6'] === true ? 'IPv6' : 'IPv4'} address`;
    const message = usePublicIp
      ? `the target server has no public ${kind}; bind an EIP, or set use_public_ip: false if there is a private route`
      : `the target server has no private ${kind}`;
    found.problem(['migration_ip'], message);
  }
  const system = ecs.disks.filter(({ bootIndex }) => bootIndex === 0);
  if (system.length === 0) found.problem(path, 'the target server has no system disk');
  const volumes = [...system, ...ecs.disks.filter(({ bootIndex }) => bootIndex !== 0)].map((disk) => ({
    ...disk,
    name: `disk ${disk.device} of the target server`,
  }));
  const pairs = hasOwnDisks(given) ? [] : pairDisks(layout.disks, volumes, 'the target server', path, found);
  return {
    fields: { ...fields, ...(address === undefined ? {} : { migration_ip: address }) },
    server: { name: server.name, vm_id: id },
    disks: layout.disks.map((disk) => {
      const volume = pairs.find(([one]) => one === disk)?.[1];
      return volume ? { ...disk.fields, disk_id: volume.id } : disk.fields;
    }),
  };
}

function hasOwnDisks(given: Fields): boolean {
  return isRecord(given['target_server']) && given['target_server']['disks'] !== undefined;
}

/** Pairs each disk of the source with one of the target: the system disks with each other, the rest in order. */
function pairDisks<T extends { readonly sizeGb: number; readonly name: string }>(
  disks: readonly SourceDisk[],
  volumes: readonly T[],
  where: string,
  path: Problem['path'],
  found: Reasons,
): (readonly [SourceDisk, T])[] {
  const system = disks.findIndex(({ isSystemDisk }) => isSystemDisk);
  const inOrder = disks.filter((_, i) => i === system).concat(disks.filter((_, i) => i !== system));
  if (volumes.length < disks.length) {
    found.problem(path, `${where} has ${count(volumes.length)}, but the source has ${count(disks.length)}`);
  }
  return inOrder.flatMap((disk, i) => {
    const volume = volumes[i];
    if (!volume) return [];
    const needed = disk.sizeBytes + (disk.isGpt ? GB : 0);
    if (volume.sizeGb * GB < needed) {
      const more = disk.isGpt ? ' (1 GB more than the source, for its partition style GPT)' : '';
      found.problem(path, `${volume.name} has ${volume.sizeGb} GB, but ${disk.name} needs ${gb(needed)} GB${more}`);
    }
    return [[disk, volume] as const];
  });
}

function count(disks: number): string {
  return `${disks} disk${disks === 1 ? '' : 's'}`;
}

/** Gigabytes, rounded up to two decimals, so that the size in the message is sufficient. */
function gb(bytes: number): string {
  return String(Math.ceil((bytes / GB) * 100) / 100);
}
