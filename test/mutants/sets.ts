import { mutantsOf } from './mutant.ts';

/** Sets of objects that make one run. */
export const SET_MUTANTS = [
  ...mutantsOf(
    'lib/runs/sets/close-set.ts',
    ['simulation/sets', 'simulation/many-sets'],
    [
      {
        breaks: "a set's marker is not put back when something came in at that moment",
        before: '  await log.refresh();\n  if (hasWork(log, set, job, ledger)) await markSetOpen(ledger, set);',
        after: '',
      },
      {
        breaks: 'a set is closed although it waits',
        before: '  if (hasWork(log, set, job, ledger)) return;\n',
        after: '',
      },
      {
        breaks: 'a set with reports that are due is closed',
        before: 'return ledger.now() < lastAt + REPORTS_END_MS && due().length > 0;',
        after: 'return ledger.now() < lastAt && due().length > 0;',
      },
      {
        breaks: 'a set whose reports cannot be sent is never closed',
        before: 'return ledger.now() < lastAt + REPORTS_END_MS && due().length > 0;',
        after: 'return due().length > 0 || ledger.now() < lastAt;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/sets/relist-set.ts',
    ['lib/runs/operate/replay-set'],
    [
      {
        breaks: 'a replay of a set is older than what it repeats, where the bucket is listed with earlier times',
        before: 'return Date.parse(listed.time) < Date.parse(time) ? { ...listed, time } : listed;',
        after: 'return listed;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/sets/add-to-set.ts',
    ['simulation/sets'],
    [
      {
        breaks: 'a set is marked only before an object is recorded',
        before: 'continue;\n    await markSetOpen(deps.ledger, set);',
        after: 'continue;',
      },
      {
        breaks: 'a set is marked only after an object is recorded',
        before: "if (type !== 'known') await markSetOpen(deps.ledger, set);",
        after: '',
      },
      {
        breaks: 'an object that was not recorded counts as recorded',
        before: '...landed }))) continue;',
        after: '...landed }))) log.records;',
      },
      {
        breaks: 'an object that completed a set long ago starts another one',
        before: 'if (trigger) return startSet(work, trigger, deps);',
        after: '',
      },
      {
        breaks: 'an object that comes when its set is over reopens it',
        before: "if (isOver(state)) return 'late';",
        after: '',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/sets/start-set.ts',
    ['simulation/sets'],
    [
      {
        breaks: 'a set counts as started although nothing was recorded',
        before: "if (result.reason?.code === 'ledger' || result.reason?.code === 'internal') return result;",
        after: '',
        tests: ['simulation/sets#could not be recorded'],
      },
      {
        breaks: 'a set is started again at each tick',
        before: "if (await log.append({ ...deps.ledger.stamp(), type: 'started' })) break;",
        after: 'break;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/sets/process-sets.ts',
    ['simulation/many-sets', 'simulation/sets'],
    [
      {
        breaks: 'a set at which a tick died is processed first forever',
        before: 'if (name !== deadly) yield name;',
        after: "if (name !== '') yield name;",
      },
      {
        breaks: 'a tick that died does not find out at which set',
        before: "this.#careful = state === 'busy' ? BATCH + MAX_PARALLEL : 0;",
        after: "this.#careful = state === 'at' ? 0 : 0;",
      },
      {
        breaks: 'each tick begins with the first set',
        before: 'const names = inTurn(ledger, turn.after, hasTime);',
        after: 'const names = inTurn(ledger, undefined, hasTime);',
      },
      {
        breaks: 'a tick that died reads other sets beside the one at which it is',
        before: 'place.isCareful ? 1 : MAX_PARALLEL',
        after: 'MAX_PARALLEL',
      },
      {
        breaks: 'one set may take all the time',
        before: 'await processNamed(jobs, name, reading, withTimeLimit(setMs, deps))',
        after: 'await processNamed(jobs, name, reading, withTimeLimit(setMs * 1e6, deps))',
      },
      {
        breaks: 'a set is given up before its deadline',
        before: 'deps.ledger.now() < state.firstAt + trigger.set.deadlineMs) return undefined;',
        after: 'deps.ledger.now() < state.firstAt) return undefined;',
      },
      {
        breaks: 'a set whose job is gone stays open forever',
        before: '} else if (!work) await giveUp(',
        after: '} else if (work && !job) await giveUp(',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/sets/evaluate-set.ts',
    ['simulation/sets', 'simulation/manifest-sets'],
    [
      {
        breaks: 'the bucket is not listed when the marker is there',
        before: 'const usesBucket = complete.marker !== undefined || complete.quietMs !== undefined;',
        after: 'const usesBucket = complete.quietMs !== undefined;',
      },
      {
        breaks: 'the bucket is not listed after a quiet time',
        before: 'const usesBucket = complete.marker !== undefined || complete.quietMs !== undefined;',
        after: 'const usesBucket = complete.marker !== undefined;',
      },
      {
        breaks: 'a list of files is read from another version than the one that counts',
        before: 'if ((keys || !marker) && isOther(',
        after: 'if (!marker && isOther(',
        tests: ['simulation/manifest-sets'],
      },
      {
        breaks: 'passing trouble of a listing starts a set with what was announced',
        before: "if (error.outcome !== 'rejected' || error.temporary) {",
        after: "if (error.outcome === 'not_sent') {",
      },
      {
        breaks: 'an upload that goes on unannounced does not count as one',
        before: 'const lastAt = Math.max(state.lastAt ?? 0, newestAt);',
        after: 'const lastAt = Math.max(state.lastAt ?? 0, 0 * newestAt);',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/sets/set-end.ts',
    ['simulation/sets', 'simulation/manifest-sets'],
    [
      {
        breaks: 'a new version of the marker does not open a set again',
        before: '(complete.length > 0 && marker === undefined);',
        after: 'complete.length > 0 || (marker && undefined);',
      },
      {
        breaks: 'a set with a wrong manifest is given up at its deadline',
        before: 'return isOver(state) || state.badManifest !== undefined;',
        after: 'return isOver(state);',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/set-log.ts',
    ['lib/runs/ledger/set-log', 'simulation/sets'],
    [
      {
        breaks: 'an older version of a file replaces a newer one',
        before: "if (record.type === 'member' && !isOlder(record, members.get(writtenAs(record)))) {",
        after: "if (record.type === 'member') {",
      },
      {
        breaks: 'a full list forgets when the set was opened',
        before: 'if (first && firstAt !== undefined) left.push(',
        after: 'if (first && firstAt === 0) left.push(',
      },
      {
        breaks: 'a full list forgets that a set was complete',
        before: "...last('complete', MAX_COMPLETE),",
        after: '',
      },
      {
        breaks: 'a full list forgets what was reported',
        before: "...last('notified', MAX_NOTIFIED),",
        after: '',
      },
      {
        breaks: 'a full list forgets which version of the marker was wrong',
        before: '...(badManifest ? [badManifest] : []),',
        after: '',
      },
      {
        breaks: 'a wrong manifest of an older version stops a newer one',
        before: 'return marker && marker.version !== record.version ? state :',
        after: 'return marker === undefined ? state :',
      },
    ],
  ),
];
