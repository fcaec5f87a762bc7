import { mutantsOf } from './mutant.ts';

/** Calls beside the create call, and what follows a task. */
export const CALL_MUTANTS = [
  ...mutantsOf(
    'lib/runs/start/changing-call.ts',
    ['lib/runs/start/changing-call'],
    [
      {
        breaks: 'a call is sent while it is being sent',
        before: 'if (isOpen && known.until > now) return pending(',
        after: 'if (isOpen && known.until > now * 2) return pending(',
      },
      {
        breaks: 'one listing is enough before a backup is taken again',
        before: 'const isFirstLook = call.byList && known.absentAt === undefined;',
        after: 'const isFirstLook = call.byList && false;',
      },
      {
        breaks: 'a call is sent again before its attempt is settled',
        before: 'if (isFirstLook || (found.at ?? now) < known.until + settleMs) {',
        after: 'if (isFirstLook || (found.at ?? now) < known.until) {',
      },
      {
        breaks: 'a state that was read before the attempt was over counts',
        before: 'if (isFirstLook || (found.at ?? now) < known.until + settleMs) {',
        after: 'if (isFirstLook || now < known.until + settleMs) {',
      },
      {
        breaks: 'a share of the time shortens the attempt of a call',
        before: 'leaseEnd(now, (deps.leaseMs ?? deps.remainingMs)());',
        after: 'leaseEnd(now, deps.remainingMs());',
      },
      {
        breaks: 'a call is sent although its intent was not recorded',
        before: "if (!(await log.append({ ...ledger.stamp(), type: 'call', call: call.name, until }))) {",
        after: "if ((await log.append({ ...ledger.stamp(), type: 'call', call: call.name, until })) === undefined) {",
        tests: ['lib/runs/start/changing-call'],
      },
      {
        breaks: 'a call is made for a run that was forgotten',
        before: "if (end === 'forgotten') return pending(",
        after: "if (end === 'rejected') return pending(",
        tests: ['lib/runs/operate/forget-run', 'simulation/decisions'],
      },
      {
        breaks: 'a call that waits is sent before its time',
        before: "if (known?.waiting && known.waiting.notBefore > now) return { end: 'pending', ...known.waiting };",
        after: '',
      },
      {
        breaks: 'a call that was tried two hundred times is tried as often as ever',
        before: 'const longest = tries >= SLOW_AFTER_TRIES ? SLOW_RETRY_MS : MAX_WAIT_MS;',
        after: 'const longest = tries >= SLOW_AFTER_TRIES * 1e9 ? SLOW_RETRY_MS : MAX_WAIT_MS;',
      },
      {
        breaks: 'passing trouble of a call is final',
        before: '!error.temporary && !transientFailure(error))',
        after: '!error.temporary)',
      },
      {
        breaks: 'a call whose response was lost counts as definitely not done',
        before: "if (error.outcome === 'unknown') return { end: 'pending', reason, notBefore: ledger.now() };",
        after: '',
      },
      {
        breaks: 'a call that was refused is sent again',
        before: "if (known?.refused) return { end: 'refused', reason: known.refused };",
        after: '',
      },
      {
        breaks: 'a call that is done is sent again',
        before: "if (known?.done) return { end: 'done',",
        after: "if (known?.done && known.until < 0) return { end: 'done',",
      },
      {
        breaks: 'a list that cannot be read fails the run',
        before: "return { seen: 'unreadable', reason: reasonOf(error) };",
        after: 'throw error;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/prepare-run.ts',
    ['lib/runs/start/prepare-backups', 'lib/runs/start/prepare-run'],
    [
      {
        breaks: 'passing trouble of a look is final',
        before: "const isFinal = !trouble || (trouble.kind === 'file' && areFilesOfCaller(given));",
        after: 'const isFinal = !trouble || (trouble.kind && areFilesOfCaller(given)) || true;',
      },
      {
        breaks: 'passing trouble of a preflight call is final',
        before: "const end = trouble && !isDeniedToCaller(error, planned, given) ? 'waiting' : 'refused';",
        after: "const end = !trouble && !isDeniedToCaller(error, planned, given) ? 'waiting' : 'refused';",
      },
      {
        breaks: 'a backup that is not ready is imported',
        before: "if (id !== undefined && status === 'succeed') return { end: 'ready', id };",
        after: "if (id !== undefined) return { end: 'ready', id };",
      },
      {
        breaks: 'a backup that failed is waited for',
        before: "if (status === 'failed' || status",
        after: 'if (status',
      },
      {
        breaks: 'a backup is taken although the target is busy',
        before: "if (first.targetBusy) return { end: 'waiting', reason: first.targetBusy };",
        after: '',
      },
      {
        breaks: 'the target is not backed up where its run was checked before',
        before: 'return prepared === undefined ? needsCloud(planned) : needsBackup;',
        after: 'return prepared === undefined ? needsCloud(planned) : needsBackup && false;',
      },
      {
        breaks: 'a backup of the run is not known again by its remark',
        before: 'find((record) => record.remark === remark);',
        after: 'find((record) => record.remark === `${remark}.`);',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/with-time-share.ts',
    ['lib/runs/follow/with-time-share', 'simulation/turns'],
    [
      {
        breaks: 'the lease of work with a share is as short as the share',
        before: 'const working = work({ ...deps, remainingMs: leftMs, leaseMs });',
        after: 'const working = work({ ...deps, remainingMs: leftMs, leaseMs: leaseMs && leftMs });',
      },
      {
        breaks: 'work sees all the time that is left',
        before: 'const working = work({ ...deps, remainingMs: leftMs, leaseMs });',
        after: 'const working = work({ ...deps, remainingMs, leaseMs });',
      },
      {
        breaks: 'a share is longer than what is left',
        before: 'return Math.min(now, shareMs - (startMs - now));',
        after: 'return shareMs - (startMs - now);',
      },
      {
        breaks: 'what was abandoned fails in silence',
        before: 'if (isOver) deps.log.warn(',
        after: 'if (!isOver) deps.log.warn(',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/follow-run.ts',
    ['lib/runs/follow/follow-decisions', 'lib/runs/follow/follow-run'],
    [
      {
        breaks: 'a task that was found again meanwhile is gone',
        before: 'state.absentAt === absentAt } : {};',
        after: 'absentAt !== undefined || state.absentAt !== absentAt } : {};',
        tests: ['lib/runs/follow/follow-decisions'],
      },
      {
        breaks: 'what was decided on a task is told although it was not recorded',
        before: 'if (!(await this.#log.append(...records))) return undefined;',
        after: 'await this.#log.append(...records);',
      },
      {
        breaks: 'the details of a task fail its run',
        before: 'if (!(error instanceof CloudError)) throw error;',
        after: 'if (error) throw error;',
      },
      {
        breaks: 'a task is said to be set going though its state is not known',
        before: "if (state !== 'unknown') return { seen: 'done' };",
        after: "if (state) return { seen: 'done' };",
      },
      {
        breaks: 'a task that waits counts as set going',
        before: "if (state === 'ready') return notDone;",
        after: '',
      },
      {
        breaks: 'an urgent look has no look of its own',
        before: 'const mayRead = isTurn || (isUrgent && details.take(',
        after: 'const mayRead = isTurn || (!isUrgent && details.take(',
      },
      {
        breaks: 'every run has its progress read at each tick',
        before: 'const mayRead = isTurn || (isUrgent && ',
        after: 'const mayRead = isTurn || isUrgent || (',
        tests: ['lib/runs/follow/follow-many', 'lib/runs/follow/follow-run'],
      },
      {
        breaks: 'what a call was refused for before is forgotten',
        before: 'wasRefused: state.calls?.[name]?.refused !== undefined };',
        after: 'wasRefused: false };',
      },
      {
        breaks: 'the tries of all calls count for one',
        before: "record.type === 'call' && record.call === name).length;",
        after: "record.type === 'call').length;",
      },
      {
        breaks: 'a failed task whose reason is looked for later keeps its target',
        before: 'await leaveQueue(this.#log, this.#deps);\n        return undefined;',
        after: 'return undefined;',
        tests: ['lib/runs/follow/follow-decisions'],
      },
    ],
  ),
];
