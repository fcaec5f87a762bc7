import { type Fault, type Faults, faultText } from './faults.ts';
import { OPERATION_ACTIONS } from './iam/actions.ts';
import { nearest } from './nearest.ts';
import { parseFault } from './parse-fault.ts';
import { isLike, type Situation, type Situations } from './situations.ts';

/** An active fault, as it is listed. */
export interface ActiveFault {
  /** The number to undo it by; the numbers of a running region are never used again. */
  readonly id: number;
  /** Its text form. */
  readonly fault: string;
  /** How often it will still apply; absent: until it is undone. */
  readonly left?: number;
}

interface Entry {
  readonly id: number;
  readonly text: string;
  readonly left: () => number | undefined;
  readonly undo: () => void;
}

export interface ActiveFaultsDeps {
  readonly calls: Faults;
  readonly situations: Situations;
  /** The ids and names of all DCS instances. */
  readonly instanceNames: () => readonly string[];
  /** Lets a situation happen to running tasks. @throws {RangeError} when there is none */
  readonly applyToRunning: (situation: Situation) => void;
  /** Called when a situation has become active. */
  readonly onAdded: () => void;
}

/** All active faults of a region, by number. */
export class ActiveFaults {
  readonly #deps: ActiveFaultsDeps;
  #entries: Entry[] = [];
  #last = 0;

  constructor(deps: ActiveFaultsDeps) {
    this.#deps = deps;
  }

  /** @param text the fault in its text form @throws {Error} when it is invalid, or names an operation, an action, an instance or a task that does not exist */
  add(text: string): void {
    const parsed = parseFault(text);
    if ('call' in parsed) {
      this.addCall(parsed.call);
      return;
    }
    const { situation } = parsed;
    checkAction(text, situation);
    checkInstance(text, situation, this.#deps.instanceNames());
    const { situations, applyToRunning, onAdded } = this.#deps;
    if (situation.options['which'] === 'running') {
      applyToRunning(situation);
      return;
    }
    this.#push(text, situations.add(situation));
    onAdded();
  }

  /** @throws {RangeError} when the service or the operation is unknown or a number is out of range */
  addCall(fault: Fault): void {
    this.#push(faultText(fault), this.#deps.calls.add(fault));
  }

  /** Those that still apply, the oldest first. */
  list(): ActiveFault[] {
    this.#entries = this.#entries.filter(({ left }) => left() !== 0);
    return this.#entries.map(({ id, text, left }) => {
      const times = left();
      return { id, fault: text, ...(times === undefined ? {} : { left: times }) };
    });
  }

  /** @param which a number, or a text as it is listed or was given, for the oldest of that text @throws {RangeError} when there is none */
  undo(which: string): void {
    const active = this.list();
    const listed = listedText(which);
    const found = this.#entries.find(({ id, text }) => String(id) === which || text === listed);
    if (found === undefined) {
      const known = active.map(({ id, fault }) => `${id} (${fault})`).join(', ') || 'none';
      throw new RangeError(`undo the fault ${which}: it is not active; active: ${known}`);
    }
    found.undo();
    this.#entries = this.#entries.filter((entry) => entry !== found);
  }

  /** Removes all faults, also those of calls that were not added here. */
  clear(): void {
    for (const entry of this.#entries) entry.undo();
    this.#entries = [];
    this.#deps.calls.clear();
  }

  #push(text: string, active: { left(): number | undefined; undo(): void }): void {
    this.#last += 1;
    this.#entries.push({ id: this.#last, text, left: () => active.left(), undo: () => active.undo() });
  }
}

/** The text of a fault as it is listed: the options of calls are in one order. Anything else stays as it is. */
function listedText(text: string): string {
  try {
    const parsed = parseFault(text);
    return 'call' in parsed ? faultText(parsed.call) : text;
  } catch {
    return text;
  }
}

/** @throws {RangeError} for an action that no operation needs: the fault would never apply */
function checkAction(text: string, situation: Situation): void {
  if (situation.subject !== 'right') return;
  const known = [...new Set(Object.values(OPERATION_ACTIONS).flatMap((actions) => Object.values(actions).flat()))];
  if (known.some((action) => isLike(situation, 'action', action))) return;
  throw new RangeError(`add the fault ${text}: no call needs the action; use one of ${known.sort().join(', ')}`);
}

/** @throws {RangeError} for an instance that does not exist: the fault would never apply. An address is that of a source Redis */
function checkInstance(text: string, { subject, options: { name } }: Situation, known: readonly string[]): void {
  if (name === undefined || !(subject === 'instance' || subject === 'password')) return;
  const given = String(name);
  if (known.includes(given) || (subject === 'password' && given.includes(':'))) return;
  const hint = nearest(given, known) || `; there are ${known.join(', ') || 'none'}`;
  throw new RangeError(`add the fault ${text}: no instance has this id or name${hint}`);
}
