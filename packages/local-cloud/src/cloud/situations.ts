import { STAGES } from './stages.ts';

/** What can happen in a region besides failing calls: `<subject>=<kind>`. */
export const SITUATIONS = {
  task: {
    fail: 'a task fails',
    hang: 'the state and the progress of a task stop',
    slow: 'a task takes `by` times as long',
    deleted: 'somebody deletes a task: it is no longer listed',
    released: 'a DCS migration task is RELEASED: its migration machine is gone',
    unknown_state: 'a task enters a state that is not documented, permanently',
  },
  instance: {
    deleted: 'a DCS instance is gone; tasks on it fail',
    error: 'a DCS instance has the status ERROR; tasks on it fail',
    frozen: 'a DCS instance has the status FROZEN; tasks on it fail',
  },
  password: {
    refused: 'the password of a DCS instance, or of the address of a source Redis, is refused',
  },
  keys: { revoked: "calls with the functions' keys are refused: 401, or 403 InvalidAccessKeyId from OBS" },
  right: { revoked: "calls with the functions' keys that need `action` are refused with 403" },
  timer: { stopped: 'a timer trigger does not fire, except on demand' },
  function: {
    fail: 'invocations of a function fail before its code runs',
    timeout: 'invocations of a function end at its timeout, before its code runs',
  },
  notification: {
    lost: 'functions are not told of a change of an object',
    delayed: 'functions are told of a change of an object later, after `by`',
    twice: 'functions are told of a change of an object twice',
  },
} as const;

export type Subject = keyof typeof SITUATIONS;

/** Values of options: a text, a count from 1, a percentage from 0 to 99, a factor above 1, a duration, or one of some names. */
type OptionType = 'text' | 'count' | 'percent' | 'factor' | 'duration' | readonly string[];

interface OptionRow {
  readonly type: OptionType;
  readonly about: string;
  readonly isRequired?: true;
}

const name = (about: string): OptionRow => ({ type: 'text', about });
const TIMES: OptionRow = { type: 'count', about: 'how often (default 1)' };
const ON_DEMAND: OptionRow = { type: 'count', about: 'how often (default: until it is undone)' };
const OBJECT = {
  bucket: { type: 'text', about: 'the bucket (default: any)' },
  key: { type: 'text', about: 'the key, * for any characters (default: any)' },
  times: TIMES,
} as const;

/** The options of each subject. */
export const SITUATION_OPTIONS: Readonly<Record<Subject, Readonly<Record<string, OptionRow>>>> = {
  task: {
    stage: {
      type: Object.keys(STAGES),
      about: 'the stage (default: import, full, backup, restore or copy, whichever comes)',
    },
    name: name('part of the name of the task'),
    times: { type: 'count', about: 'number of tasks (default 1)' },
  },
  instance: {
    name: name('id or name of the instance (default: every instance)'),
    at: { type: 'percent', about: 'when a task on it has reached this percentage (default: at once)' },
  },
  password: { name: name('id or name of the instance, or an address such as 192.168.10.7:6379 (default: every one)') },
  keys: { times: ON_DEMAND },
  right: {
    action: {
      type: 'text',
      about: 'the action, such as dcs:migrationTask:create; * for any characters',
      isRequired: true,
    },
    times: ON_DEMAND,
  },
  timer: { name: name('name of the trigger or of its function (default: every timer)') },
  function: { name: name('name of the function (default: every function)'), times: TIMES },
  notification: { ...OBJECT },
};

const WHEN: Readonly<Record<string, OptionRow>> = {
  at: { type: 'percent', about: 'percentage of the stage at which it happens (default 50)' },
  which: {
    type: ['next', 'running'],
    about: 'the next task that enters the stage (default), or the newest that is in it',
  },
};

/** Options of one kind only. */
export const ONLY_FOR: Readonly<Record<string, Readonly<Record<string, OptionRow>>>> = {
  'task=fail': {
    ...WHEN,
    message: { type: 'text', about: 'the reason' },
    code: { type: 'text', about: 'the code of the reason, of tasks of SMS, backups and restorations' },
  },
  'task=hang': WHEN,
  'task=slow': { by: { type: 'factor', about: 'how many times as long (default 10)' } },
  'task=deleted': WHEN,
  'task=released': WHEN,
  'task=unknown_state': WHEN,
  'notification=delayed': { by: { type: 'duration', about: 'how much later, such as 90s or 10m (default 10m)' } },
};

/** Subjects whose situations happen once unless `times` says otherwise. */
const ONCE: ReadonlySet<Subject> = new Set(['task', 'function', 'notification']);

/** A situation, as it was asked for. Durations are in ms. */
export interface Situation {
  readonly subject: Subject;
  readonly kind: string;
  readonly options: Readonly<Record<string, string | number>>;
}

/** A percentage as a share, if the situation has one. */
export function shareOf({ options }: Situation): number | undefined {
  return options['at'] === undefined ? undefined : Number(options['at']) / 100;
}

interface Entry {
  readonly situation: Situation;
  /** Undefined: until it is undone. */
  left: number | undefined;
}

/** An active situation. */
export interface ActiveSituation {
  /** How often it will still happen; undefined: until it is undone. */
  left(): number | undefined;
  undo(): void;
}

/** The active situations, asked by whatever they affect. The one that was added first comes first. */
export class Situations {
  #entries: Entry[] = [];
  readonly #begun = new WeakSet<Situation>();

  add(situation: Situation): ActiveSituation {
    const { subject, options } = situation;
    const times = options['times'] ?? (ONCE.has(subject) ? 1 : undefined);
    const entry: Entry = { situation, left: times === undefined ? undefined : Number(times) };
    this.#entries.push(entry);
    return { left: () => entry.left, undo: () => this.#remove(entry) };
  }

  /** The first situation of a subject that fits. Counts it, if it is counted. */
  take(subject: Subject, fits: (situation: Situation) => boolean): Situation | undefined {
    const entry = this.#entries.find(({ situation }) => situation.subject === subject && fits(situation));
    if (entry?.left !== undefined) {
      entry.left -= 1;
      if (entry.left <= 0) this.#remove(entry);
    }
    return entry?.situation;
  }

  /** The situations of a subject, not counted. */
  of(subject: Subject): Situation[] {
    return this.#entries.flatMap(({ situation }) => (situation.subject === subject ? situation : []));
  }

  /** Begins one that waited for a task. */
  begin(situation: Situation): void {
    this.#begun.add(situation);
  }

  /** Whether it no longer waits for a task. */
  hasBegun(situation: Situation): boolean {
    return situation.options['at'] === undefined || this.#begun.has(situation);
  }

  #remove(entry: Entry): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
  }
}

/** Whether a situation is for one of these names; without a name it is for all. */
export function isNamed({ options }: Situation, ...names: readonly (string | undefined)[]): boolean {
  return options['name'] === undefined || names.includes(String(options['name']));
}

/** Whether a text is as an option says, in which `*` is for any characters; without the option every text is. */
export function isLike({ options }: Situation, option: string, text: string): boolean {
  const pattern = options[option];
  if (pattern === undefined) return true;
  const source = String(pattern)
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 's').test(text);
}
