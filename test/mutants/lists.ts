import { mutantsOf } from './mutant.ts';

/** The lists of the ledger, and whose they are. */
export const LIST_MUTANTS = [
  ...mutantsOf(
    'lib/runs/ledger/append-log.ts',
    ['lib/runs/ledger/append-log'],
    [
      {
        breaks: 'records whose response was lost are written twice',
        before: 'if (records.every(({ id }) => this.#records.some((record) => record.id === id))) return true;',
        after: '',
      },
      {
        breaks: 'a write that may still arrive counts as not written',
        before: 'if (failure !== undefined && this.#position === position) throw failure;',
        after: '',
      },
      {
        breaks: 'a failure that lasts is read back',
        before: 'if (!(error instanceof LedgerError) || !error.temporary) throw error;\n      failure',
        after: 'if (!(error instanceof LedgerError)) throw error;\n      failure',
      },
      {
        breaks: 'an append is decided on records that are no longer the last',
        before: 'const records = decide(this.#records);\n      if (records.length === 0) return false;',
        after:
          'const records = decide(rounds === 0 ? this.#records : []);\n      if (records.length === 0) return false;',
      },
      {
        breaks: 'the first record names nobody',
        before: 'return this.#origin && index === 0 ?',
        after: 'return this.#origin && index < 0 ?',
        tests: ['simulation/environments'],
      },
      {
        breaks: 'the list of another environment is read',
        before: 'refuseForeign(this.name, this.#origin, records);',
        after: '',
        tests: ['simulation/environments'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/rolling-log.ts',
    ['lib/runs/ledger/rolling-log'],
    [
      {
        breaks: 'what was decided before a list was full is written after it',
        before: '// Others may have written meanwhile, here or in the next list.\n      return false;',
        after: '',
      },
      {
        breaks: 'a list never rolls over',
        before: 'return this.#log.records.length - carried >= this.#rollAt;',
        after: 'return this.#log.records.length - carried >= this.#rollAt * 1e9;',
      },
      {
        breaks: 'a list that begins with much is full at once',
        before: 'return this.#log.records.length - carried >= this.#rollAt;',
        after: 'return this.#log.records.length - 0 * carried >= this.#rollAt;',
      },
      {
        breaks: 'a list that another one has rolled over is not followed',
        before: 'const isWritten = await this.#log.append(...records);\n    await this.#follow();',
        after: 'const isWritten = await this.#log.append(...records);',
      },
      {
        breaks: 'the next list is begun twice',
        before: 'if (next.records.length === 0) {',
        after: 'if (next.records.length >= 0) {',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/origin.ts',
    ['simulation/environments'],
    [
      {
        breaks: 'two regions share a run',
        before: 'if (theirs?.region !== ours.region || theirs.stage !== ours.stage) return true;',
        after: 'if (theirs?.stage !== ours.stage) return true;',
      },
      {
        breaks: 'two stages share a run',
        before: 'if (theirs?.region !== ours.region || theirs.stage !== ours.stage) return true;',
        after: 'if (theirs?.region !== ours.region) return true;',
      },
      {
        breaks: 'two projects share a run',
        before: 'theirs.project !== ours.project;',
        after: 'theirs.project === undefined;',
      },
      {
        breaks: 'a command that knows no project is refused',
        before: 'theirs.project !== undefined && ours.project !== undefined && theirs',
        after: 'theirs.project !== undefined && theirs',
      },
      {
        breaks: 'a run of a version that recorded no origin is carried out',
        before: 'if (!ours || !first) return false;',
        after: 'if (!ours || !first?.origin) return false;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/pauses.ts',
    ['lib/runs/ledger/pauses'],
    [
      {
        breaks: 'a pause of all jobs stops none',
        before: 'filter((pause) => pause.job === undefined || pause.job === job)',
        after: 'filter((pause) => pause.job === job)',
      },
      {
        breaks: 'a full list of pauses keeps the oldest of each job',
        before: 'new Map(records.map((record) => [record.job, record]))',
        after: 'new Map(records.toReversed().map((record) => [record.job, record]))',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/waiting-requests.ts',
    ['lib/runs/start/waiting-requests'],
    [
      {
        breaks: 'a hundred and one requests wait',
        before: 'if (page.length < MAX_WAITING_REQUESTS) return true;',
        after: 'if (page.length <= MAX_WAITING_REQUESTS) return true;',
      },
      {
        breaks: 'markers of requests that are over keep others out',
        before: '    await unmarkWaiting(ledger, job, run);\n    isRoom = true;',
        after: '    await unmarkWaiting(ledger, job, run);',
      },
      {
        breaks: 'a request that waits is not counted any more',
        before: 'if (await isMarkedOpen(ledger, job, run)) continue;',
        after: '',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/unreadable-records.ts',
    ['simulation/sweep', 'lib/runs/follow/reconcile', 'lib/runs/operate/list-runs'],
    [
      {
        breaks: 'passing trouble counts as a record that cannot be read',
        before: '(error instanceof LedgerError && error.temporary)',
        after: '(error instanceof LedgerError && error === undefined)',
      },
      {
        breaks: 'a record that cannot be read is noted again and again',
        before: 'if ((await ledger.store.get(nameOf(found))) === undefined) await',
        after: 'await',
      },
    ],
  ),
];
