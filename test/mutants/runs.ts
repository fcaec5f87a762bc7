import { mutantsOf } from './mutant.ts';

/** How a run gets its task. */
export const RUN_MUTANTS = [
  ...mutantsOf(
    'lib/runs/start/recorded-run.ts',
    ['lib/runs/start/recorded-run'],
    [
      {
        breaks: 'a lost answer is waiting when the ledger fails',
        before: "return { outcome: attempt ? 'unknown' : 'waiting', reason };",
        after: "return { outcome: 'waiting', reason };",
      },
      {
        breaks: 'a failing ledger hides the task that an earlier delivery made',
        before: "if (task) return { outcome: 'existing', task, reason };",
        after: '',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/create-recorded.ts',
    ['lib/runs/start/recorded-run'],
    [
      {
        breaks: 'a run whose answer was lost gives its budget back',
        before: "case 'unknown':\n",
        after: "case 'unknown':\n      await budget.giveBack();\n",
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/create-task.ts',
    ['lib/runs/start/create-task'],
    [
      {
        breaks: 'a create call is sent again after a lost answer',
        before: "if (error.outcome === 'unknown') return { end: 'unknown', error };",
        after: '',
      },
      {
        breaks: 'what may pass is refused at a create call',
        before:
          "if (!error.temporary && !transientFailure(error)) return { end: 'rejected', error };\n      if (!error.temporary ||",
        after: "if (!error.temporary) return { end: 'rejected', error };\n      if (!error.temporary ||",
      },
      {
        breaks: 'what cannot be sent is tried for ever',
        before: "if (!error.temporary && !transientFailure(error)) return { end: 'rejected', error };\n      const",
        after: 'const',
      },
      {
        breaks: 'a create call is tried without end',
        before: 'if (attempt >= MAX_ATTEMPTS || !hasTimeFor(waitMs, deps)) return false;',
        after: 'if (!hasTimeFor(waitMs, deps)) return false;',
      },
      {
        breaks: 'a create call is tried again when there is no time',
        before: 'if (attempt >= MAX_ATTEMPTS || !hasTimeFor(waitMs, deps)) return false;',
        after: 'if (attempt >= MAX_ATTEMPTS) return false;',
      },
      {
        breaks: 'a tick waits for a lost answer',
        before: 'const isLast = deps.looksAgain || looks',
        after: 'const isLast = looks',
        tests: ['lib/runs/start/create-task', 'lib/runs/follow/reconcile'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/kernel/transient-failures.ts',
    ['lib/runs/start/recorded-run', 'lib/runs/start/create-task'],
    [
      {
        breaks: 'keys that are refused with a 401 at a create call are final',
        before: 'statuses: [401] }',
        after: 'statuses: [] }',
      },
      {
        breaks: 'keys that are refused with a code at a create call are final',
        before: "'keys_refused', 'APIGW.0301',",
        after: "'keys_refused',",
      },
      {
        breaks: 'rights that are missing are final',
        before: 'statuses: [403],',
        after: 'statuses: [],',
      },
      {
        breaks: 'a service that is down is final',
        before: "['out_of_time'], { statuses: [500, 502, 503, 504],",
        after: "['out_of_time'], { statuses: [],",
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/budget.ts',
    ['lib/runs/ledger/budget'],
    [
      {
        breaks: 'a run spends twice in a window',
        before: 'this.#has(records) || !hasRoom(records, capacity) ? [] :',
        after: '!hasRoom(records, capacity) ? [] :',
      },
      {
        breaks: 'more is spent than the limit',
        before: 'return records.length - 2 * refused < capacity && refused < capacity;',
        after: 'return records.length - 2 * refused <= capacity && refused < capacity;',
      },
      {
        breaks: 'refused creates are made without end',
        before: 'return records.length - 2 * refused < capacity && refused < capacity;',
        after: 'return records.length - 2 * refused < capacity;',
      },
      {
        breaks: 'what is given back is given back twice',
        before: 'this.#has(records) ? [{ ...this.#ledger.stamp(), run: this.#run, back: true }] : [],',
        after: '[{ ...this.#ledger.stamp(), run: this.#run, back: true as const }],',
      },
      {
        breaks: 'every refusal of a window raises the alarm',
        before: 'const first = log.records.length === 0 && (await log.append(this.#ledger.stamp()));',
        after: 'const first = log.records.length >= 0 && (await log.append(this.#ledger.stamp()));',
      },
      {
        breaks: 'a run that had its share is refused when the budget is used up',
        before: 'if (this.#has(records) || hasRoom(records, capacity)) return undefined;',
        after: 'if (hasRoom(records, capacity)) return undefined;',
      },
    ],
  ),
];
