import { mutantsOf } from './mutant.ts';

/** The lists of the ledger, and whose they are. */
export const LIST_MUTANTS = [
  ...mutantsOf(
    'lib/runs/ledger/append-log.ts',
    ['lib/runs/ledger/append-log'],
    [
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
        breaks: 'a request that waits is not counted any longer',
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
  ...mutantsOf(
    'lib/runs/ledger/append-log.ts',
    ['lib/runs/ledger/append-log'],
    [
      {
        breaks: 'what was decided before the same invocation wrote is written',
        before: 'return this.#serialize(async () => decidedAt === this.#position && this.#append(given));',
        after: 'return this.#serialize(async () => this.#append(given));',
        tests: ['lib/runs/ledger/append-log', 'lib/runs/ledger/target-lane'],
      },
      {
        breaks: 'records whose response was lost are written twice',
        before: 'if (this.#records.some(({ id }) => id === records.at(-1)?.id)) return true;',
        after: '',
      },
      {
        breaks: 'the first record names nobody',
        before: 'return origin && index === 0 ?',
        after: 'return origin && index < 0 ?',
      },
      {
        breaks: 'every record names whose the list is',
        before: 'return origin && index === 0 ?',
        after: 'return origin ?',
      },
      {
        breaks: 'the list of another environment is read',
        before: 'refuseForeign(this.name, origin, records);',
        after: '',
      },
      {
        breaks: 'the end of a list is not read further back',
        before: 'if (last >= 0 || isWhole) return',
        after: 'if (last >= -1 || isWhole) return',
      },
      {
        breaks: 'the line that is cut counts as a record',
        before: "text.slice(text.indexOf('\\n') + 1), position });",
        after: 'text, position });',
        tests: ['lib/runs/ledger/target-lane', 'lib/runs/ledger/control'],
      },
      {
        breaks: 'a list that was read by its end grows without end in memory',
        before: 'return isState ? records.slice(Math.max(0, records.findLastIndex(isState))) : records;',
        after: 'return records;',
        tests: ['lib/runs/ledger/append-log'],
      },
      {
        breaks: 'what a state record replaces is kept',
        before: 'return { records: records.slice(Math.max(0, last)), position };',
        after: 'return { records, position };',
        tests: ['lib/runs/ledger/target-lane', 'lib/runs/ledger/control'],
      },
      {
        breaks: 'a list is read back without end of its patience',
        before: 'if (attempt >= MAX_READ_BACKS ||',
        after: 'if (attempt >= 1 ||',
        tests: ['lib/runs/ledger/append-log'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/control.ts',
    ['lib/runs/ledger/control'],
    [
      {
        breaks: 'a pause may go unseen for long',
        before: 'return known && age >= 0 && age < MAX_CONTROL_AGE_MS ?',
        after: 'return known && age >= 0 ?',
      },
      {
        breaks: 'a clock that was set back keeps what is known forever',
        before: 'return known && age >= 0 && age < MAX_CONTROL_AGE_MS ?',
        after: 'return known && age < MAX_CONTROL_AGE_MS ?',
      },
      {
        breaks: 'a control list that could not be read once is never read again',
        before: 'log.catch(() => SHARED.delete(ledger));',
        after: 'log.catch(() => undefined);',
      },
      {
        breaks: 'the change of somebody else is lost',
        before: 'log = await readLog(ledger);\n  }\n  throw',
        after: 'log = await knownLog(ledger);\n  }\n  throw',
      },
      {
        breaks: 'a list goes on forever',
        before: 'if (log.name >= today && moved === undefined) return log.append(record);',
        after: 'if (moved === undefined) return log.append(record);',
      },
      {
        breaks: 'a list that was closed is written to',
        before: 'if (log.name >= today && moved === undefined) return log.append(record);',
        after: 'if (log.name >= today) return log.append(record);',
      },
      {
        breaks: 'a list is left open for slow clocks when the next day begins',
        before: 'if (log.records.length > 0 && moved === undefined && !(await log.append(closing))) return false;',
        after: '',
      },
      {
        breaks: 'a list is closed by a write that came too late',
        before: '&& !(await log.append(closing))) return false;',
        after: '&& (await log.append(closing), false)) return false;',
      },
      {
        breaks: 'what somebody wrote into the new day is overwritten',
        before: 'if (next.records.length > 0 || !(await next.append(record))) return false;',
        after: 'if (!(await next.append(record))) return false;',
      },
      {
        breaks: 'what was written yesterday is forgotten',
        before: 'return newest === undefined || newest === today.name ? today : follow(',
        after: 'return newest !== undefined || newest === today.name ? today : follow(',
      },
      {
        breaks: 'a slow clock stays at a list that was closed',
        before: 'if (moved === undefined) return log;\n  const next',
        after: 'if (log) return log;\n  const next',
      },
      {
        breaks: 'control of another format is read',
        before: 'if (v !== undefined && v !== CONTROL_VERSION) {',
        after: 'if (v === 0) {',
      },
      {
        breaks: 'a control record that says nothing of pauses says that there are none',
        before: 'if (v === undefined || !Array.isArray(state?.pauses)) {',
        after: 'if (v === undefined) {',
      },
      {
        breaks: 'lists of old days stay forever',
        before: 'if (name < oldest && name < newest) await ledger.store.remove(name);',
        after: "if (name < '') await ledger.store.remove(name);",
      },
      {
        breaks: 'lists that may be needed are removed',
        before: 'if (name < oldest && name < newest) await',
        after: 'if (name <= oldest && name < newest) await',
      },
      {
        breaks: 'an old list that cannot be removed fails the work',
        before: 'if (!(error instanceof LedgerError)) throw error;\n  }\n}',
        after: 'throw error;\n  }\n}',
      },
      {
        breaks: 'what this invocation has changed is not what it knows',
        before: 'keep(ledger, Promise.resolve(next));',
        after: '',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/heartbeat.ts',
    ['lib/runs/ledger/heartbeat'],
    [
      {
        breaks: 'a beat forgets the pauses',
        before: '({ tick: _before, ...state }) => ({\n    ...state,',
        after: '({ tick: _before, ...state }) => ({\n    pauses: state.pauses.slice(0, 0),',
        tests: ['lib/runs/ledger/control', 'lib/runs/ledger/pauses', 'lib/runs/ledger/heartbeat'],
      },
      {
        breaks: 'a beat keeps where the last tick began',
        before: '({ tick: _before, ...state }) => ({',
        after: '(state) => ({',
      },
      {
        breaks: 'a missed tick is reported too early',
        before: 'if (age <= lateAfterMs(every))',
        after: 'if (age <= RECONCILE_INTERVAL_MS)',
      },
      {
        breaks: 'a slower timer is called late as if it ticked every five minutes',
        before: 'if (age <= lateAfterMs(every))',
        after: 'if (age <= lateAfterMs())',
      },
      {
        breaks: 'the heartbeat of another stage counts',
        before: 'if (origin && isForeign(ledger, [{ origin }])) {',
        after: 'if (origin && isForeign(ledger, [])) {',
      },
      {
        breaks: 'a heartbeat that cannot be read fails the work',
        before: "log.warn('the heartbeat of reconcile could not be read', { error });",
        after: 'throw error;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/pauses.ts',
    ['lib/runs/ledger/pauses'],
    [
      {
        breaks: 'pauses of another environment are read',
        before: 'if (owner) refuseForeign(',
        after: 'if (owner && !pauses) refuseForeign(',
      },
      {
        breaks: 'a second pause is added to the first',
        before: 'filter((name) => !pauses.some((one) => one.job === name));',
        after: 'filter(() => true);',
      },
      {
        breaks: 'a pause of all jobs is taken back with that of one',
        before: 'pauses.filter((one) => !names.includes(one.job));',
        after: 'pauses.filter((one) => one.job !== job && one.job !== undefined);',
      },
      {
        breaks: "pauses are nobody's",
        before: '...(owner ? { pausesOf: owner } : {}) };',
        after: '};',
      },
    ],
  ),
];
