import { randomUUID } from 'node:crypto';
import { Alarms } from './ces/alarms.ts';
import { Events } from './ces/events.ts';
import { Metrics } from './ces/metrics.ts';
import type { Clock } from './clock.ts';
import { type LocalSecret, Secrets, type StoredSecret } from './csms/secrets.ts';
import { type BackupRecord, Backups } from './dcs/backups.ts';
import { InstanceData, type SavedInstanceData } from './dcs/instance-data.ts';
import { Instances, type LocalInstance } from './dcs/instances.ts';
import { KeySpaces } from './dcs/key-spaces.ts';
import { loadTarget } from './dcs/load-target.ts';
import { type DcsTask, isActive } from './dcs/task.ts';
import { DcsTasks } from './dcs/tasks.ts';
import { Servers } from './ecs/servers.ts';
import { LocalAgencies } from './iam/agencies.ts';
import type { LocalCloudOptions } from './local-cloud-options.ts';
import { type LocalTask, taskOfDcs, taskOfSms } from './local-task.ts';
import type { Assumed } from './open-questions/assumptions.ts';
import type { CloudEvent } from './operation.ts';
import { Scripts } from './scripts.ts';
import { isNamed, Situations, shareOf } from './situations.ts';
import { Topics } from './smn/topics.ts';
import { Sources } from './sms/sources.ts';
import type { SmsTask } from './sms/task.ts';
import { SmsTasks } from './sms/tasks.ts';
import { Templates } from './sms/templates.ts';
import { readState, writeState } from './state-file.ts';

const LOST = 'The migration failed: connection to the instance was lost.';

/** The data of the services. Restored from the state file, if there is one. */
export class CloudStores {
  readonly #options: Pick<LocalCloudOptions, 'accounts' | 'secrets' | 'stateFile' | 'onEvent'>;
  readonly #clock: Clock;
  readonly situations = new Situations();
  readonly scripts = new Scripts(this.situations);
  readonly instances: Instances;
  readonly servers: Servers;
  readonly topics: Topics;
  readonly secrets: Secrets;
  readonly agencies: LocalAgencies;
  readonly templates: Templates;
  readonly sources: Sources;
  readonly dcsTasks: DcsTasks;
  readonly backups: Backups;
  readonly keySpaces: KeySpaces;
  readonly instanceData: InstanceData;
  readonly smsTasks: SmsTasks;
  readonly metrics: Metrics;
  readonly events = new Events();
  readonly alarms: Alarms;

  /** @throws {Error} when the state file cannot be read */
  constructor(options: LocalCloudOptions, clock: Clock, assumed: Assumed) {
    this.#options = options;
    this.#clock = clock;
    const { scripts, situations } = this;
    const onEvent = (event: CloudEvent) => this.emit(event);
    this.instances = new Instances(options.instances ?? [], situations);
    this.servers = new Servers(options.servers ?? []);
    this.topics = new Topics(options.topics ?? []);
    this.secrets = new Secrets(clock, () => this.#save());
    this.agencies = new LocalAgencies(options.agencies ?? [], situations);
    this.templates = new Templates(options.templates ?? [], () => this.#save());
    this.sources = new Sources(options.sources ?? []);
    const { instances } = this;
    const keySpaces = new KeySpaces(instances, clock);
    const onLoaded = (task: DcsTask) => loadTarget(keySpaces, task);
    this.keySpaces = keySpaces;
    this.dcsTasks = new DcsTasks({ clock, assumed, scripts, onEvent, onLoaded });
    this.backups = new Backups({ instances, keySpaces, clock, assumed, scripts, situations, onEvent });
    const { dcsTasks: tasks, backups } = this;
    this.instanceData = new InstanceData({ instances, keySpaces, backups, tasks, clock, onChange: () => this.#save() });
    this.smsTasks = new SmsTasks({ clock, assumed, onEvent, servers: this.servers });
    this.metrics = new Metrics(clock);
    this.alarms = new Alarms({
      clock,
      metrics: this.metrics,
      publish: (topicUrn, subject, message) => {
        if (this.topics.has(topicUrn)) this.publish(topicUrn, subject, message);
      },
      onChange: ({ id, state, body }) =>
        onEvent({ kind: 'alarm_changed', service: 'CES', id, name: body.alarm_name, status: state }),
    });
    if (options.stateFile !== undefined) this.#restore(options.stateFile);
    this.#seedSecrets();
    clock.onMoved(() => this.#save());
  }

  /** Adds a secret, or a version of it. */
  setSecret({ name, text, projectId = this.#options.accounts[0]?.projectId ?? '' }: LocalSecret): void {
    const version = { value: { secret_string: text } };
    const existing = this.secrets.find(projectId, name);
    const made = { projectId, name, keyId: 'csms/default', description: '', enterpriseProjectId: '0' };
    if (existing === undefined) this.secrets.create(made, version);
    else this.secrets.addVersion(existing, version);
  }

  /** Those in the state file have been changed since. */
  #seedSecrets(): void {
    const { accounts, secrets = [] } = this.#options;
    const isNew = ({ name, projectId = accounts[0]?.projectId ?? '' }: LocalSecret) =>
      this.secrets.find(projectId, name) === undefined;
    for (const secret of secrets.filter(isNew)) {
      for (let version = 0; version < (secret.versions ?? 1); version++) this.setSecret(secret);
    }
  }

  /** Adds or replaces an instance. It keeps its keys, unless the new definition has some. */
  setInstance(instance: LocalInstance): void {
    this.instances.set(instance);
    if (instance.keys !== undefined) this.keySpaces.reset(instance.id);
  }

  /** Called when a task begins to work, for so many ms of documented time: its instances may be lost meanwhile. */
  onWork({ source, target }: DcsTask, ms: number): void {
    for (const situation of this.situations.of('instance')) {
      const share = shareOf(situation);
      const instances = [source?.id, target?.id].flatMap((id) =>
        id === undefined ? [] : (this.instances.find(id) ?? []),
      );
      if (share === undefined || !instances.some(({ id, name }) => isNamed(situation, id, name))) continue;
      this.#clock.after(ms * share, () => {
        if (!this.situations.of('instance').includes(situation)) return;
        this.situations.begin(situation);
        this.failLostTasks();
      });
    }
  }

  /** Lets the tasks fail whose instances are lost. */
  failLostTasks(): void {
    const isLost = (id: string | undefined) => id !== undefined && this.instances.isLost(id);
    for (const task of this.dcsTasks.all().filter(isActive))
      if (isLost(task.source?.id) || isLost(task.target?.id)) this.dcsTasks.move(task, 'FAILED', [], LOST);
  }

  /** All tasks, oldest first within a service. */
  tasks(): LocalTask[] {
    return [...this.dcsTasks.all().map(taskOfDcs), ...this.smsTasks.all().map(taskOfSms)];
  }

  /** Publishes to a topic of SMN, as PublishMessage does. */
  publish(topicUrn: string, subject: string, message: string): void {
    const id = randomUUID().replaceAll('-', '');
    this.topics.add({ id, topicUrn, subject, message, publishedAt: this.#clock.now() });
    const notice = { name: subject, status: 'PUBLISHED', message, topic: topicUrn };
    this.emit({ kind: 'message_published', service: 'SMN', id, ...notice });
  }

  /** Saves the state and reports the event. */
  emit(event: CloudEvent): void {
    this.#save();
    this.#options.onEvent?.(event);
  }

  #save(): void {
    if (this.#options.stateFile === undefined) return;
    writeState(this.#options.stateFile, {
      now: this.#clock.now(),
      aheadMs: this.#clock.isFrozen ? undefined : this.#clock.offsetMs || undefined,
      dcs: this.dcsTasks.all(),
      sms: this.smsTasks.all(),
      backups: this.backups.taken(),
      templates: this.templates.made(),
      instances: this.instanceData.saved(),
      secrets: this.secrets.all(),
    });
  }

  #restore(stateFile: string): void {
    const state = readState(stateFile);
    // A clock that was moved does not go back: tasks of the future would not be listed, and would not progress.
    this.#clock.advance(Math.max(0, (state?.now ?? 0) - this.#clock.now(), state?.aheadMs ?? 0));
    if (state?.instances !== undefined) this.instanceData.restore(state.instances as SavedInstanceData);
    // Older files have no keys.
    for (const task of state?.dcs ?? []) this.dcsTasks.restore({ content: [], ...(task as Omit<DcsTask, 'content'>) });
    for (const task of state?.sms ?? []) this.smsTasks.restore(task as SmsTask);
    for (const record of state?.backups ?? [])
      this.backups.restore({ keys: [], ...(record as Omit<BackupRecord, 'keys'>) });
    for (const secret of state?.secrets ?? []) this.secrets.restore(secret as StoredSecret);
    for (const made of state?.templates ?? []) this.templates.restore(made as ReturnType<Templates['made']>[number]);
  }
}
