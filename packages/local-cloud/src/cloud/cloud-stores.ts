import type { Clock } from './clock.ts';
import { type BackupRecord, Backups } from './dcs/backups.ts';
import { Instances } from './dcs/instances.ts';
import type { DcsTask } from './dcs/task.ts';
import { DcsTasks } from './dcs/tasks.ts';
import { Servers } from './ecs/servers.ts';
import { LocalAgencies } from './iam/agencies.ts';
import type { LocalCloudOptions } from './local-cloud-options.ts';
import { type LocalTask, taskOfDcs, taskOfSms } from './local-task.ts';
import type { CloudEvent } from './operation.ts';
import { Scripts } from './scripts.ts';
import { Topics } from './smn/topics.ts';
import { Sources } from './sms/sources.ts';
import type { SmsTask } from './sms/task.ts';
import { SmsTasks } from './sms/tasks.ts';
import { Templates } from './sms/templates.ts';
import { readState, writeState } from './state-file.ts';

/** The data of the services. Restored from the state file, if there is one. */
export class CloudStores {
  readonly #options: Pick<LocalCloudOptions, 'stateFile' | 'onEvent'>;
  readonly scripts = new Scripts();
  readonly instances: Instances;
  readonly servers: Servers;
  readonly topics: Topics;
  readonly agencies: LocalAgencies;
  readonly templates: Templates;
  readonly sources: Sources;
  readonly dcsTasks: DcsTasks;
  readonly backups: Backups;
  readonly smsTasks: SmsTasks;

  /** @throws {Error} when the state file cannot be read */
  constructor(options: LocalCloudOptions, clock: Clock, listDelayMs: () => number) {
    this.#options = options;
    const { scripts } = this;
    const onEvent = (event: CloudEvent) => this.emit(event);
    this.instances = new Instances(options.instances ?? []);
    this.servers = new Servers(options.servers ?? []);
    this.topics = new Topics(options.topics ?? []);
    this.agencies = new LocalAgencies(options.agencies ?? []);
    this.templates = new Templates(options.templates ?? [], () => this.#save());
    this.sources = new Sources(options.sources ?? []);
    this.dcsTasks = new DcsTasks({ clock, listDelayMs, scripts, onEvent });
    this.backups = new Backups({ instances: this.instances, clock, scripts, onEvent });
    this.smsTasks = new SmsTasks({ clock, listDelayMs, onEvent, servers: this.servers });
    if (options.stateFile !== undefined) this.#restore(options.stateFile);
  }

  /** All tasks, oldest first within a service. */
  tasks(): LocalTask[] {
    return [...this.dcsTasks.all().map(taskOfDcs), ...this.smsTasks.all().map(taskOfSms)];
  }

  /** Saves the state and reports the event. */
  emit(event: CloudEvent): void {
    this.#save();
    this.#options.onEvent?.(event);
  }

  #save(): void {
    if (this.#options.stateFile === undefined) return;
    writeState(this.#options.stateFile, {
      dcs: this.dcsTasks.all(),
      sms: this.smsTasks.all(),
      backups: this.backups.taken(),
      templates: this.templates.made(),
    });
  }

  #restore(stateFile: string): void {
    const state = readState(stateFile);
    for (const task of state?.dcs ?? []) this.dcsTasks.restore(task as DcsTask);
    for (const task of state?.sms ?? []) this.smsTasks.restore(task as SmsTask);
    for (const record of state?.backups ?? []) this.backups.restore(record as BackupRecord);
    for (const made of state?.templates ?? []) this.templates.restore(made as ReturnType<Templates['made']>[number]);
  }
}
