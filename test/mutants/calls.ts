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
        before: 'if (isFirstLook || (looked.at ?? now) < known.until + settleMs) {',
        after: 'if (isFirstLook || (looked.at ?? now) < known.until) {',
      },
      {
        breaks: 'a state that was read before the attempt was over counts',
        before: 'if (isFirstLook || (looked.at ?? now) < known.until + settleMs) {',
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
        before: 'const longest = tries >= MANY_TRIES ? SLOW_RETRY_MS : MAX_WAIT_MS;',
        after: 'const longest = tries >= MANY_TRIES * 1e9 ? SLOW_RETRY_MS : MAX_WAIT_MS;',
      },
      {
        breaks: 'passing trouble of a call is final',
        before: '!error.temporary && !transientFailure(error))',
        after: '!error.temporary)',
      },
      {
        breaks: 'a call whose answer was lost counts as surely not done',
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
        breaks: 'the target is not backed up where its run was judged before',
        before: 'return prepared === undefined ? isLookedAt(planned) : needsBackup;',
        after: 'return prepared === undefined ? isLookedAt(planned) : needsBackup && false;',
      },
      {
        breaks: 'a backup of the run is not known again by its remark',
        before: 'find((record) => record.remark === remark);',
        after: 'find((record) => record.remark === `${remark}.`);',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/follow-run.ts',
    ['lib/runs/follow/follow-decisions', 'lib/runs/follow/follow-run'],
    [
      {
        breaks: 'the first listing without a task settles its run',
        before: 'if (absentAt === undefined || ledger.now() < absentAt + settleMs) return undefined;',
        after: 'if (absentAt !== undefined && ledger.now() < absentAt + settleMs) return undefined;',
      },
      {
        breaks: 'two listings at once without a task settle its run',
        before: 'if (absentAt === undefined || ledger.now() < absentAt + settleMs) return undefined;',
        after: 'if (absentAt === undefined) return undefined;',
      },
      {
        breaks: 'a task that was found again meanwhile is gone',
        before: 'const isStillRight = (state: RunState) => state.absentAt === absentAt;',
        after: 'const isStillRight = (_: RunState) => absentAt !== undefined;',
      },
      {
        breaks: 'an earlier listing without the task counts although it was found again',
        before: 'if (absentAt !== undefined) {\n    await log.append(',
        after: 'if (absentAt !== undefined && absentAt < 0) {\n    await log.append(',
      },
      {
        breaks: 'a task that was told to stop is configured or started',
        before: 'const isCancelled = state.calls?.cancel !== undefined && state.calls.cancel.refused === undefined;',
        after: 'const isCancelled = state.calls?.cancel !== undefined && state.received === undefined;',
      },
      {
        breaks: 'a task whose stop was refused is left alone',
        before: 'state.calls?.cancel !== undefined && state.calls.cancel.refused === undefined;',
        after: 'state.calls?.cancel !== undefined;',
      },
      {
        breaks: 'an incremental migration is stopped as soon as the difference is small',
        before: 'if (ledger.now() < state.offsetReachedAt + wish.forMs) return;',
        after: '',
      },
      {
        breaks: 'that the difference grew again is forgotten',
        before:
          "if (state.offsetReachedAt !== undefined) await log.append({ ...ledger.stamp(), type: 'offset_left' });\n    return;",
        after: 'return;',
      },
      {
        breaks: 'a full copy that begins again counts as a small difference',
        before: 'if (!mustLook && state.offsetReachedAt !== undefined)',
        after: 'if (!mustLook && state.offsetReachedAt === 0)',
      },
      {
        breaks: 'a task that is configured is refused although it was set going after all',
        before: "if (state.calls?.[call.name]?.refused && taskState !== 'ready') return undefined;",
        after: '',
      },
      {
        breaks: 'a second refusal means that the first attempt failed',
        before: 'return tries > 1 && !state.calls?.[call.name]?.refused ? undefined : refusal;',
        after: 'return refusal;',
      },
      {
        breaks: 'a task that is stuck is said to be so at each tick',
        before: "if (state.stuck || isOver(taskState) || taskState === 'steady'",
        after: "if (isOver(taskState) || taskState === 'steady'",
      },
      {
        breaks: 'an online task that failed is released without a wish',
        before: "if (!send || policies.onFailure !== 'release') return 'kept';",
        after: "if (!send) return 'kept';",
      },
      {
        breaks: 'a server that waits for a person keeps others from it',
        before: 'state.stuck !== true) {\n    await stepOut(log, deps);',
        after: 'state.stuck !== true) {',
      },
      {
        breaks: 'a failed task whose reason is looked for later keeps its target',
        before: 'if (message === undefined) {\n    await stepOut(log, deps);',
        after: 'if (message === undefined) {',
        tests: ['lib/runs/follow/follow-decisions'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/in-share.ts',
    ['lib/runs/follow/in-share', 'simulation/turns'],
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
];
