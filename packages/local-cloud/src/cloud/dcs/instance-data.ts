import type { Clock } from '../clock.ts';
import type { Step } from '../step-runner.ts';
import type { Backups } from './backups.ts';
import { type IpExchange, isExchanging, swapAddresses } from './exchange-ip.ts';
import type { InstanceJob } from './instance-status.ts';
import type { InstanceChanges, Instances } from './instances.ts';
import { type KeyAnalysisTask, onAnalysisStep } from './key-analysis.ts';
import type { KeySpaces } from './key-spaces.ts';
import type { RestoreRecord } from './restores.ts';
import { SteppedRecords } from './stepped-records.ts';
import type { StoredKey } from './stored-key.ts';
import type { DcsTasks } from './tasks.ts';
import type { Whitelist } from './whitelist.ts';

export interface InstanceDataOptions {
  readonly instances: Instances;
  readonly keySpaces: KeySpaces;
  readonly backups: Backups;
  readonly tasks: DcsTasks;
  readonly clock: Clock;
  /** Called after each change, to save it. */
  readonly onChange: () => void;
}

/** What is stored of `InstanceData` and of the keys of the instances. */
export interface SavedInstanceData {
  readonly changes: Readonly<Record<string, InstanceChanges>>;
  readonly keys: Readonly<Record<string, readonly StoredKey[]>>;
  readonly whitelists: Readonly<Record<string, Whitelist>>;
  readonly deletedBackups: readonly string[];
  readonly jobs: readonly InstanceJob[];
  readonly restores: readonly RestoreRecord[];
  readonly analyses: readonly KeyAnalysisTask[];
  readonly exchanges: readonly IpExchange[];
}

/** What operations other than migrations do to instances: jobs, restorations, analyses, exchanges of addresses, whitelists. */
export class InstanceData {
  readonly #options: InstanceDataOptions;
  readonly #whitelists = new Map<string, Whitelist>();
  readonly #jobs: SteppedRecords<InstanceJob>;
  readonly restores: SteppedRecords<RestoreRecord>;
  readonly analyses: SteppedRecords<KeyAnalysisTask>;
  readonly exchanges: SteppedRecords<IpExchange>;

  constructor(options: InstanceDataOptions) {
    this.#options = options;
    const { clock, backups, onChange } = options;
    this.#jobs = new SteppedRecords(clock, (job) => this.#onJobStep(job), onChange);
    this.restores = new SteppedRecords(clock, (record, step) => this.#onRestoreStep(record, step), onChange);
    const onAnalysis = (task: KeyAnalysisTask) => onAnalysisStep(task, clock.now(), backups.find(task.backupId));
    this.analyses = new SteppedRecords(clock, onAnalysis, onChange);
    this.exchanges = new SteppedRecords(clock, (exchange) => this.#onExchangeStep(exchange), onChange);
  }

  whitelistOf(instanceId: string): Whitelist {
    return this.#whitelists.get(instanceId) ?? { isEnabled: false, groups: [] };
  }

  setWhitelist(instanceId: string, whitelist: Whitelist): void {
    this.#whitelists.set(instanceId, whitelist);
    this.#options.onChange();
  }

  startRestore(record: RestoreRecord, steps: readonly Step[]): void {
    this.#options.instances.change(record.instanceId, { status: 'RESTORING' });
    this.restores.add(record, steps);
  }

  startJob(job: InstanceJob, steps: readonly Step[]): void {
    // The name of the task of a flush is not documented.
    this.#options.instances.change(job.id, job.action === 'flush' ? { task: 'FLUSHING' } : { status: 'RESTARTING' });
    this.#jobs.add(job, steps);
  }

  /** Changes keys and saves them. */
  changeKeys(change: () => void): void {
    change();
    this.#options.onChange();
  }

  isAnalyzing(instanceId: string): boolean {
    return this.analyses
      .all()
      .some((task) => task.instanceId === instanceId && (task.status === 'waiting' || task.status === 'running'));
  }

  isFlushing(instanceId: string): boolean {
    return this.#jobs.find(instanceId)?.action === 'flush';
  }

  /** While addresses are exchanged, both instances are read-only. */
  isReadOnly(instanceId: string): boolean {
    return this.exchanges
      .all()
      .some((exchange) => isExchanging(exchange) && [exchange.sourceId, exchange.targetId].includes(instanceId));
  }

  saved(): SavedInstanceData {
    const { instances, keySpaces, backups } = this.#options;
    return {
      changes: instances.changes(),
      keys: keySpaces.changed(),
      whitelists: Object.fromEntries(this.#whitelists),
      deletedBackups: backups.deleted(),
      jobs: this.#jobs.all(),
      restores: this.restores.all(),
      analyses: this.analyses.all(),
      exchanges: this.exchanges.all(),
    };
  }

  restore(saved: SavedInstanceData): void {
    const { instances, keySpaces, backups } = this.#options;
    instances.restore(saved.changes);
    keySpaces.restore(saved.keys);
    for (const [id, whitelist] of Object.entries(saved.whitelists)) this.#whitelists.set(id, whitelist);
    backups.restoreDeleted(saved.deletedBackups);
    this.#jobs.restore(saved.jobs);
    this.restores.restore(saved.restores);
    this.analyses.restore(saved.analyses);
    this.exchanges.restore(saved.exchanges);
  }

  #onJobStep(job: InstanceJob): void {
    const { instances, keySpaces } = this.#options;
    if (job.action === 'flush') keySpaces.replace(job.id, []);
    instances.unset(job.id, job.action === 'flush' ? 'task' : 'status');
    this.#jobs.delete(job);
  }

  #onRestoreStep(record: RestoreRecord, step: Step): void {
    const { instances, keySpaces, clock } = this.#options;
    record.updatedAt = clock.now();
    record.errorCode = step.failure ?? '';
    if (record.status === 'restoring') return;
    if (record.status === 'succeed') keySpaces.replace(record.instanceId, record.keys);
    instances.unset(record.instanceId, 'status');
  }

  #onExchangeStep(exchange: IpExchange): void {
    const { instances, tasks } = this.#options;
    swapAddresses(instances, exchange);
    const task = tasks.all().find(({ id }) => id === exchange.id);
    if (exchange.status === 'ROLLBACK_SUCCESS' && task !== undefined) tasks.move(task, 'SUCCESS', []);
  }
}
