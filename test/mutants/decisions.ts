import { mutantsOf } from './mutant.ts';

/** What persons and callers decide about a run. */
export const DECISION_MUTANTS = [
  ...mutantsOf(
    'lib/runs/operate/cancel-run.ts',
    ['lib/runs/operate/cancel-run'],
    [
      {
        breaks: 'a READY task is settled without looking for a start',
        before: "if (mayStart(calls)) return { end: 'later', reason: BEING_STARTED };",
        after: '',
      },
      {
        breaks: 'a start that was sent meanwhile is not looked for',
        before: "state.end === 'created' && !mayStart(state.calls);",
        after: "state.end === 'created';",
      },
      {
        breaks: 'a start whose fate is not known counts as not sent',
        before: 'return calls?.start?.done === true || isInFlight(calls?.start);',
        after: 'return calls?.start?.done === true;',
      },
      {
        breaks: 'a start that was done counts as not sent',
        before: 'return calls?.start?.done === true || isInFlight(calls?.start);',
        after: 'return isInFlight(calls?.start);',
      },
      {
        breaks: 'a run whose create call may have been sent is cancelled',
        before: "if (state.attempt) return { end: 'later', reason: NOT_KNOWN };",
        after: '',
      },
      {
        breaks: 'a run is cancelled while an invocation handles it',
        before: "if (until !== undefined) return { end: 'later', reason: inProgress(until), until };",
        after: '',
      },
      {
        breaks: 'a run is cancelled by a write that came too late',
        before: "type: 'rejected', reason: CANCELLED }))) return undefined;",
        after: "type: 'rejected', reason: CANCELLED }))) log.records;",
      },
      {
        breaks: 'a task that is being made is told to stop',
        before: "if (isBeingCreated(row.status)) return { end: 'later', reason: BEING_CREATED };",
        after: '',
      },
      {
        breaks: 'a task that is stopping is told to stop again',
        before: "check: async () => (isStopping(row.status) ? { seen: 'done' } : { seen: 'not_done' }),",
        after: "check: async () => ({ seen: 'not_done' }),",
      },
      {
        breaks: 'a list that cannot be read means that the run is over',
        before: "if (row === 'unreadable') {",
        after: "if (row === 'absent') {",
      },
      {
        breaks: 'a cancelled run answers that it was over',
        before: "return { end: state.reason?.code === CANCELLED.code ? 'cancelled' : 'over' };",
        after: "return { end: 'over' };",
      },
      {
        breaks: 'a cancelled run stays in its lane',
        before: "  await settleRun(log, { ledger });\n  return { end: 'cancelled' };",
        after: "  return { end: 'cancelled' };",
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/operate/park-run.ts',
    ['lib/runs/operate/park-run'],
    [
      {
        breaks: 'a parked run keeps its lane',
        before: 'if (lane !== undefined && !attempt) await leaveLane(',
        after: 'if (lane === undefined) await leaveLane(',
      },
      {
        breaks: 'a parked run whose task may be running leaves its lane',
        before: 'if (lane !== undefined && !attempt) await leaveLane(',
        after: 'if (lane !== undefined) await leaveLane(',
      },
      {
        breaks: 'a run is parked while an invocation handles it',
        before: 'refuseWhileHandled(state, ledger, what);',
        after: '',
      },
      {
        breaks: 'a run is parked without a claim',
        before: "{ ...ledger.stamp(), type: 'claimed', until: ledger.now() },",
        after: '',
        tests: ['lib/runs/operate/park-run'],
      },
      {
        breaks: 'a parked run fences off no slow claimant',
        before: '{ run, claim, fenced: true }',
        after: '{ run, claim, fenced: false }',
        tests: ['lib/runs/operate/park-run'],
      },
      {
        breaks: 'a run with a task is parked',
        before: "if (end === 'created' && !settled) {",
        after: "if (end === 'rejected' && !settled) {",
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/operate/run-now.ts',
    ['lib/runs/operate/run-now'],
    [
      {
        breaks: 'a run that waits for something else is let start beyond the budget',
        before: "if (reason?.code !== 'over_budget') {",
        after: 'if (!reason) {',
      },
      {
        breaks: 'a decision that was made is made again',
        before: 'return state.runNow ? [] : [',
        after: 'return [',
      },
      {
        breaks: 'an operator decides about a run that an invocation handles',
        before: '  refuseWhileHandled(state, ledger, what);\n',
        after: '',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/decide-create.ts',
    ['lib/runs/operate/run-now', 'lib/runs/start/decide-create'],
    [
      {
        breaks: 'a run that an operator lets start waits for the budget',
        before: "typeof budget === 'object' && !run.state.runNow ?",
        after: "typeof budget === 'object' ?",
        tests: ['lib/runs/start/decide-create'],
      },
      {
        breaks: 'a run that an operator lets start spends',
        before: "facts.known.budget === 'spent' || state.runNow ? PASSED",
        after: "facts.known.budget === 'spent' ? PASSED",
      },
      {
        breaks: 'every run starts beyond the budget',
        before: "facts.known.budget === 'spent' || state.runNow ? PASSED",
        after: 'facts || state ? PASSED',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/asker.ts',
    ['lib/webhook/caller-labels'],
    [
      {
        breaks: 'a caller sees the runs of another',
        before: 'received !== undefined && labelOf(received) === label',
        after: 'received !== undefined || labelOf({}) === label',
      },
      {
        breaks: 'the run of another stage shows that it exists',
        before: 'if (mayAskFor(asker, await readRunRecords(ledger, job, run))) throw error;',
        after: 'throw error;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/operate/forget-run.ts',
    ['lib/runs/operate/forget-run'],
    [
      {
        breaks: 'a run is forgotten while an invocation handles it',
        before: 'refuseWhileHandled(state, ledger, what);',
        after: '',
      },
      {
        breaks: 'a run is forgotten without a claim',
        before: "{ ...ledger.stamp(), type: 'claimed', until: ledger.now() },",
        after: '',
        tests: ['lib/runs/operate/forget-run'],
      },
      {
        breaks: 'a forgotten run stays in its lane',
        before: 'await settleRun(log, { ledger });',
        after: '',
      },
      {
        breaks: 'whoever forgets a run is not told that its task may come',
        before: 'mayHaveTask: attempt !== undefined',
        after: 'mayHaveTask: false && attempt !== undefined',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/operate/refuse-while-handled.ts',
    ['lib/runs/operate/refuse-while-handled'],
    [
      {
        breaks: 'a person comes between an invocation and its call',
        before: 'Math.max(claim?.until ?? 0, ...open.map((call) => call.until));',
        after: 'claim?.until ?? 0 * open.length;',
      },
      {
        breaks: 'a claim whose lease is over holds up a person',
        before: 'return until > now() ? until : undefined;',
        after: 'return until > 0 && now() > 0 ? until : undefined;',
      },
      {
        breaks: 'a call that waits counts as being sent',
        before: '!call.done && !call.refused && !call.waiting;',
        after: '!call.done && !call.refused;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/operate/resolve-run.ts',
    ['lib/runs/operate/resolve-run'],
    [
      {
        breaks: 'a run is decided about while an invocation handles it',
        before: 'refuseWhileHandled(state, ledger, what);',
        after: '',
      },
      {
        breaks: 'a run that goes on by itself is told to',
        before: "if (decision.kind === 'try_again' && !state.parked) {",
        after: "if (decision.kind === 'try_again' && !state.received) {",
      },
      {
        breaks: 'a run that has ended is decided about',
        before: "if (end) throw new RunError('ended',",
        after: "if (end === 'dry_run') throw new RunError('ended',",
      },
      {
        breaks: 'a run that was given up stays open',
        before: "isOver = decision.kind === 'give_up' || ",
        after: 'isOver = ',
      },
      {
        breaks: 'a task given by hand that nothing waits for stays open',
        before: "(decision.kind === 'task' && laneOf(planned) === undefined);",
        after: "(decision.kind === 'task' && laneOf(planned) === decision.id);",
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/operate/replay-run.ts',
    ['lib/runs/operate/replay-run'],
    [
      {
        breaks: 'a run is replayed while it is open',
        before: "  if (!settled)\n    throw new RunError('open',",
        after: "  if (!settled && settled !== undefined)\n    throw new RunError('open',",
      },
      {
        breaks: 'a run whose task may be there is replayed without being asked',
        before: 'if (isSure || isForgottenEarly) return;',
        after: 'if (isSure || seen) return;',
      },
      {
        breaks: 'a forgotten run whose create call may have been sent is replayed without being asked',
        before: "end === 'forgotten' && !task && firstIntentAt === undefined;",
        after: "end === 'forgotten' && !task;",
      },
      {
        breaks: 'two persons make two attempts',
        before: "if (!(await root.append({ ...ledger.stamp(), type: 'replayed', as: first }))) continue;",
        after: "await root.append({ ...ledger.stamp(), type: 'replayed', as: first });",
        tests: ['lib/runs/operate/replay-run'],
      },
      {
        breaks: 'an attempt that is open is followed by another one',
        before: 'if (last && (!state.settled || replays.length > before)) return',
        after: 'if (last && replays.length > before) return',
      },
      {
        breaks: 'a replay is linked before its marker is put',
        before: 'await markReplay(ledger, first, generationOf(records), attempt.of);',
        after: '',
        tests: ['lib/runs/operate/replay-run'],
      },
      {
        breaks: 'a replay of a replay begins another line of attempts',
        before: 'return received.replayOf === undefined ? log : openRunLog(ledger, job, received.replayOf);',
        after: 'return log;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/run-log.ts',
    ['lib/runs/ledger/run-log', 'lib/runs/start/recorded-run'],
    [
      {
        breaks: 'a record of no known type is passed over',
        before: 'if (unknown) throw new DamagedListError(',
        after: "if (unknown && name === '') throw new DamagedListError(",
        tests: ['lib/runs/ledger/run-log'],
      },
    ],
  ),
];
