/** @import { PlaceInfo, RunRow, SetRow, Snapshot, StreamEvents } from '../wire.ts' */
/** @import { BucketInfo, CloudEyeInfo, EventRow, FaultRow, JobInfo, JobsFileInfo, MessageRow, RequestInfo, SystemInfo, TaskRow, TimerInfo } from '../wire-system.ts' */
/** @typedef {'connecting' | 'connected' | 'reconnecting'} Connection */
/** @typedef {keyof StreamEvents | 'connection'} Topic */

/** As many as the server keeps. */
const MAX_EVENTS = 500;
const MAX_MESSAGES = 200;

/** @typedef {{ readonly place: string, readonly job: string, readonly run: string }} RunId */

/** @param {RunId} run */
export function runKey({ place, job, run }) {
  return `${place}/${job}/${run}`;
}

/** What the server sent, under the names of the stream. Views are notified of changes once per frame. */
export class Store {
  /** @type {Connection} */
  connection = 'connecting';
  /** @type {readonly PlaceInfo[]} */
  places = [];
  /** Undefined if the console shows no local system. @type {SystemInfo | undefined} */
  system;
  /** @type {JobsFileInfo | undefined} */
  jobs_file;
  /** @type {readonly JobInfo[]} */
  jobs = [];
  /** @type {readonly BucketInfo[]} */
  buckets = [];
  /** @type {readonly TimerInfo[]} */
  timers = [];
  /** @type {readonly RequestInfo[]} */
  requests = [];
  /** @type {readonly FaultRow[]} */
  faults = [];
  /** @type {CloudEyeInfo | undefined} */
  cloud_eye;
  /** Oldest first. @type {readonly MessageRow[]} */
  messages = [];
  /** @type {readonly SetRow[]} */
  sets = [];
  /** By `runKey`. @type {Map<string, RunRow>} */
  runs = new Map();
  /** By id. @type {Map<string, TaskRow>} */
  tasks = new Map();
  /** The run that created a task, by task id. @type {Map<string, RunRow>} */
  runsOfTasks = new Map();
  /** Oldest first. @type {EventRow[]} */
  events = [];

  /** @type {{ readonly topics: ReadonlySet<Topic>, readonly render: () => void }[]} */
  #views = [];
  /** @type {((changed: readonly { readonly before: RunRow | undefined, readonly now: RunRow }[]) => void)[]} */
  #runWatchers = [];
  /** @type {Set<Topic>} */
  #dirty = new Set();

  /**
   * Calls `render` in the next frame after one of the topics has changed; a snapshot changes all.
   *
   * @param {readonly Topic[]} topics
   * @param {() => void} render
   */
  show(topics, render) {
    this.#views.push({ topics: new Set(topics), render });
  }

  /**
   * Calls the watcher immediately for every change of runs, except snapshots.
   *
   * @param {(changed: readonly { readonly before: RunRow | undefined, readonly now: RunRow }[]) => void} watcher
   */
  watchRuns(watcher) {
    this.#runWatchers.push(watcher);
  }

  /** @param {Connection} connection */
  setConnection(connection) {
    this.connection = connection;
    this.#touch('connection');
  }

  /**
   * @template {keyof StreamEvents} Name
   * @param {Name} name
   * @param {StreamEvents[Name]} message
   */
  receive(name, message) {
    /** @type {Readonly<Partial<Record<keyof StreamEvents, (message: never) => void>>>} */
    const handlers = {
      snapshot: (/** @type {Snapshot} */ snapshot) => this.#takeSnapshot(snapshot),
      runs: (/** @type {readonly RunRow[]} */ rows) => this.#takeRuns(rows),
      gone: (/** @type {readonly string[]} */ keys) => this.#dropRuns(keys),
      tasks: (/** @type {readonly TaskRow[]} */ rows) => this.#takeTasks(rows),
      event: (/** @type {EventRow} */ row) => this.#takeEvent(row),
      messages: (/** @type {readonly MessageRow[]} */ rows) => {
        // A snapshot may have them already.
        const known = new Set(this.messages.map(({ id }) => id));
        this.messages = [...this.messages, ...rows.filter(({ id }) => !known.has(id))].slice(-MAX_MESSAGES);
      },
    };
    const handle = handlers[name];
    // Complete values replace the old ones.
    if (handle) handle(/** @type {never} */ (message));
    else Object.assign(this, { [name]: message });
    this.#touch(name);
  }

  /** @param {Snapshot} snapshot */
  #takeSnapshot({ runs, tasks = [], events = [], ...others }) {
    Object.assign(this, others);
    this.events = [...events];
    this.runs.clear();
    this.runsOfTasks.clear();
    this.tasks.clear();
    this.#takeTasks(tasks);
    for (const row of runs) this.#putRun(row);
  }

  /** @param {readonly RunRow[]} rows */
  #takeRuns(rows) {
    const changed = rows.map((now) => ({ before: this.runs.get(runKey(now)), now }));
    for (const row of rows) this.#putRun(row);
    for (const watcher of this.#runWatchers) watcher(changed);
  }

  /** @param {readonly string[]} keys */
  #dropRuns(keys) {
    for (const key of keys) {
      const task = this.runs.get(key)?.task;
      if (task) this.runsOfTasks.delete(task.id);
      this.runs.delete(key);
    }
  }

  /** @param {RunRow} row */
  #putRun(row) {
    this.runs.set(runKey(row), row);
    if (row.task) this.runsOfTasks.set(row.task.id, row);
  }

  /** @param {readonly TaskRow[]} rows */
  #takeTasks(rows) {
    for (const row of rows) this.tasks.set(row.id, row);
  }

  /** @param {EventRow} row */
  #takeEvent(row) {
    this.events.push(row);
    if (this.events.length > MAX_EVENTS) this.events.splice(0, this.events.length - MAX_EVENTS);
  }

  /** @param {Topic} topic */
  #touch(topic) {
    if (this.#dirty.size === 0) requestAnimationFrame(() => this.#render());
    this.#dirty.add(topic);
  }

  #render() {
    const changed = this.#dirty;
    this.#dirty = new Set();
    for (const { topics, render } of this.#views) {
      const isAll = changed.has('snapshot');
      if (isAll || [...topics].some((topic) => changed.has(topic))) render();
    }
  }
}
