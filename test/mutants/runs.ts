import { mutantsOf } from './mutant.ts';

/** How a run gets its task. */
export const RUN_MUTANTS = [
  ...mutantsOf(
    'lib/runs/start/recorded-run.ts',
    ['lib/runs/start/recorded-run'],
    [
      {
        breaks: 'a key that comes again with other fields is answered with the first task',
        before: 'if (isOther(received, foldRun(log.records).received)) return',
        after: 'if (received.v === 0) return',
        tests: ['functions/webhook-routes', 'lib/runs/start/recorded-run'],
      },
      {
        breaks: 'a run is recorded without a marker',
        before: 'markOpen(ledger, job, run, generationOf(log.records)),',
        after: '',
      },
      {
        breaks: 'a run that another invocation handles is handled',
        before: 'if (at.isClaimed && !at.isHandledHere) {',
        after: 'if (at.isClaimed && at.now < 0) {',
      },
      {
        breaks: 'a run that was parked by hand is looked for',
        before: 'if (state.parkedByHand && state.attempt) return at.unresolved();',
        after: '',
        tests: ['lib/runs/operate/park-run', 'simulation/decisions'],
      },
      {
        breaks: 'a run that waits for a person is created',
        before: '} else if (state.parked) {',
        after: '} else if (state.parked && state.attempt) {',
        tests: ['lib/runs/operate/park-run'],
      },
      {
        breaks: 'a run is tried before its time',
        before: '} else if ((state.notBefore ?? 0) > now) {',
        after: '} else if ((state.notBefore ?? 0) > now * 2) {',
      },
      {
        breaks: 'an attempt is sent again before it is settled',
        before: 'const isSettled = now >= until + received.policies.settleMs;',
        after: 'const isSettled = now >= until;',
      },
      {
        breaks: 'one listing is enough before a create call is sent again',
        before: 'if (state.absentAt === undefined) {',
        after: 'if (state.absentAt === undefined && !isSettled) {',
      },
      {
        breaks: 'the second listing counts before the attempt is settled',
        before: 'if (!isSettled) return at.unresolved();',
        after: '',
      },
      {
        breaks: 'a run whose task is absent after its deadline is sent again',
        before: "return at.isOverdue ? at.park(LOST) : 'absent';",
        after: "return 'absent';",
      },
      {
        breaks: 'a run whose task cannot be looked for is never parked',
        before: 'return at.isOverdue && !state.parked ? at.park(reasonOf(seen.error)) : at.unresolved();',
        after: 'return at.unresolved();',
      },
      {
        breaks: 'a parked run is parked again at each tick',
        before: 'return at.isOverdue && !state.parked ? at.park(reasonOf(seen.error)) : at.unresolved();',
        after: 'return at.isOverdue ? at.park(reasonOf(seen.error)) : at.unresolved();',
      },
      {
        breaks: 'a run whose task is followed is settled by a redelivery',
        before: 'if (!settled && !isFollowed(at.planned)) await settleRun(at.log, at.deps);',
        after: 'if (!settled) await settleRun(at.log, at.deps);',
      },
      {
        breaks: 'a run that ended without a task stays open',
        before: '  if (!settled) await settleRun(at.log, at.deps);\n  if (end',
        after: '  if (end',
      },
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
      {
        breaks: 'a parked run keeps the target from others',
        before: 'return (await stepOut(at.log, at.deps)) ? at.unresolved() : undefined;',
        after: 'return at.unresolved();',
        tests: ['lib/runs/operate/park-run', 'lib/runs/start/recorded-run', 'simulation/decisions'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/run-step.ts',
    ['lib/runs/follow/run-step', 'lib/runs/start/recorded-run'],
    [
      {
        breaks: "a share of the time shortens a claim's lease",
        before: 'const until = leaseEnd(ledger.now(), leaseMs());',
        after: 'const until = leaseEnd(ledger.now(), Math.min(leaseMs(), remainingMs()));',
        tests: ['lib/runs/follow/run-step'],
      },
      {
        breaks: 'a lease ends with its invocation, whatever the clocks of others say',
        before: 'const until = leaseEnd(ledger.now(), leaseMs());',
        after: 'const until = ledger.now() + Math.max(0, leaseMs());',
      },
      {
        breaks: 'a claim is taken over 30 s before its lease ends',
        before: 'this.state.claim.until > this.now;',
        after: 'this.state.claim.until - 30_000 > this.now;',
      },
      {
        breaks: 'a claim counts for its owner after its lease has ended',
        before: 'return this.isClaimed && this.state.claim?.by === this.deps.ledger.by;',
        after: 'return this.state.claim?.by === this.deps.ledger.by;',
        tests: ['lib/runs/follow/run-step'],
      },
      {
        breaks: 'a run of another format is carried out',
        before: 'if (state.received.v !== RUN_VERSION) {',
        after: 'if (state.received.v < RUN_VERSION) {',
      },
      {
        breaks: 'a run that cannot be created for hours is never parked',
        before: 'const since = firstIntentAt ?? troubleSince;',
        after: 'const since = firstIntentAt ?? (troubleSince && undefined);',
      },
      {
        breaks: 'a run with many records is tried as often as others',
        before: 'if (records.length >= MANY_RECORDS) return this.now + SLOW_RETRY_MS;',
        after: '',
      },
      {
        breaks: 'the wait of a run with many records is as short as it is wished',
        before: 'const notBefore = isMany ? Math.max(wished, this.now + SLOW_RETRY_MS) : wished;',
        after: 'const notBefore = isMany ? wished : wished;',
      },
      {
        breaks: 'a run with many records waits for hours when it only waits for its turn',
        before: 'const isMany = this.log.records.length >= MANY_RECORDS && !isInTurn(reason);',
        after: 'const isMany = this.log.records.length >= MANY_RECORDS && isInTurn !== undefined;',
      },
      {
        breaks: 'a run with many records writes down each of its waits',
        before: 'const isLater = notBefore > this.now && this.log.records.length < MANY_RECORDS;',
        after: 'const isLater = notBefore > this.now;',
      },
      {
        breaks: 'the same wait is recorded at each tick',
        before: 'const isNews = this.isClaimed || isOtherReason(this.state.reason, reason) || isLater;',
        after: 'const isNews = true || isLater;',
      },
      {
        breaks: 'a run with trouble of its own keeps the lane',
        before: "transientFailure(reason)?.of === 'run' && !this.state.attempt;",
        after: 'transientFailure(reason)?.of === undefined && !this.state.attempt;',
        tests: ['lib/runs/start/prepare-run', 'lib/runs/follow/reconcile'],
      },
      {
        breaks: 'a run whose target is in trouble leaves the lane',
        before: "transientFailure(reason)?.of === 'run' && !this.state.attempt;",
        after: "transientFailure(reason)?.of !== 'cloud' && !this.state.attempt;",
        tests: ['lib/runs/start/prepare-run', 'lib/runs/follow/reconcile'],
      },
      {
        breaks: 'a run whose create call may have gone out leaves the lane',
        before: "transientFailure(reason)?.of === 'run' && !this.state.attempt;",
        after: "transientFailure(reason)?.of === 'run';",
        tests: ['lib/runs/follow/reconcile'],
      },
      {
        breaks: 'trouble that lasts parks nothing',
        before: 'if (!at.isOverdue) return at.wait(reason, notBefore);',
        after: 'if (at.now > 0) return at.wait(reason, notBefore);',
      },
      {
        breaks: 'a parked run of which nothing was created keeps the lane',
        before: 'if (!this.state.attempt && !(await stepOut(this.log, this.deps))) return undefined;',
        after: '',
      },
      {
        breaks: 'a parked run whose task may be there leaves the lane',
        before: 'if (!this.state.attempt && !(await stepOut(this.log, this.deps))) return undefined;',
        after: 'if (!(await stepOut(this.log, this.deps))) return undefined;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/create-in-turn.ts',
    ['lib/runs/start/recorded-run'],
    [
      {
        breaks: 'time is not looked at right before the intent',
        before: '  hasSameObject,\n  hasTime,',
        after: '  hasSameObject,',
      },
      {
        breaks: 'a run without time takes its turn',
        before: '  hasTime,\n  isNotPaused,',
        after: '  isNotPaused,',
      },
      {
        breaks: 'a pause stops nothing',
        before: '  isNotPaused,\n  hasBudget,',
        after: '  hasBudget,',
      },
      {
        breaks: 'a run without budget stands in the lane',
        before: '  hasBudget,\n  hasObject,',
        after: '  hasObject,',
      },
      {
        breaks: 'budget is never spent',
        before: '  spends,\n];',
        after: '];',
      },
      {
        breaks: 'budget is spent before the lane is entered',
        before: '  isJudged,\n  hasTurn,',
        after: '  isJudged,\n  spends,\n  hasTurn,',
      },
      {
        breaks: 'a task is created out of turn',
        before: '  hasTurn,\n  isClaimed,',
        after: '  isClaimed,',
      },
      {
        breaks: 'a run without a lane is created unclaimed',
        before: '  isClaimed,\n  isTargetReady,',
        after: '  isTargetReady,',
        tests: ['lib/runs/start/recorded-run'],
      },
      {
        breaks: 'a run is created although its target is busy now',
        before: '  isTargetReady,\n  isPrepared,',
        after: '  isPrepared,',
        tests: ['lib/runs/start/prepare-run', 'lib/runs/follow/reconcile'],
      },
      {
        breaks: 'a task that is there already is created again',
        before: '  isNotThere,\n  hasSameObject,',
        after: '  hasSameObject,',
        tests: ['lib/runs/start/recorded-run', 'lib/runs/follow/reconcile'],
      },
      {
        breaks: 'a paused run keeps the lane',
        before: 'return (await stepOut(at.log, at.deps)) ? new Step',
        after: 'return at.log ? new Step',
      },
      {
        breaks: 'a task that failed is settled by whoever waits for its target',
        before: "if (!task || action.stateOf(task.status) !== 'succeeded') return false;",
        after: "if (!task || action.stateOf(task.status) === 'running') return false;",
      },
      {
        breaks: 'each run that waits looks for the task of the holder at each tick',
        before: 'endIfOver: async (holder) => !deps.looksAgain && endIfOver(holder, deps),',
        after: 'endIfOver: async (holder) => endIfOver(holder, deps),',
        tests: ['lib/runs/follow/follow-many', 'lib/runs/follow/reconcile'],
      },
      {
        breaks: 'a holder whose task cannot be looked for fails those that wait',
        before: 'if (error instanceof CloudError || error instanceof RunError) return false;',
        after: '',
      },
      {
        breaks: 'a backup is taken for a run whose task is there already',
        before: 'const there = await isNotThere({ log, deps });',
        after: "const there = 'next' as Awaited<ReturnType<Gate>>;",
        tests: ['lib/runs/start/prepare-run'],
      },
      {
        breaks: 'a claim that was taken over is not renewed',
        before: 'return new Step(log, deps).takeOver();',
        after: 'return undefined;',
        tests: ['lib/runs/follow/reconcile'],
      },
      {
        breaks: 'a dry run sends its create call',
        before: 'if (dryRun) return at.record(',
        after: 'if (dryRun && at.now < 0) return at.record(',
        tests: ['lib/runs/start/prepare-run'],
      },
      {
        breaks: 'the limit of a storm is not alarmed',
        before: 'if (refusal.first) deps.log.error(',
        after: 'if (!refusal.first) deps.log.error(',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/create-recorded.ts',
    ['lib/runs/start/recorded-run'],
    [
      {
        breaks: 'a create call is sent although its intent was not recorded',
        before: "if (!(await at.log.append({ ...at.stamp(), type: 'intent', until }))) return undefined;",
        after: "await at.log.append({ ...at.stamp(), type: 'intent', until });",
        tests: ['lib/runs/start/recorded-run'],
      },
      {
        breaks: 'an attempt counts as over while it may be under way',
        before: 'const until = at.state.claim?.until ?? at.now;',
        after: 'const until = at.now;',
      },
      {
        breaks: 'passing trouble of a create call is final',
        before: "return isFinal ? at.record({ ...at.stamp(), type: 'rejected', reason }) : at.waitOut(reason);",
        after:
          "return isFinal || reason ? at.record({ ...at.stamp(), type: 'rejected', reason }) : at.waitOut(reason);",
      },
      {
        breaks: 'a run that waits gives its budget back',
        before: "if (foldRun(at.log.records).end !== 'rejected') return;\n  try {",
        after: 'try {',
      },
      {
        breaks: 'a run whose answer was lost gives its budget back',
        before: "case 'unknown':\n",
        after: "case 'unknown':\n      await budget.giveBack();\n",
      },
      {
        breaks: 'a refused run keeps its budget',
        before: 'return refused ?? giveBack(at, budget);',
        after: 'return refused;',
      },
      {
        breaks: 'a run that waits because of passing trouble gives its budget back',
        before: "if (foldRun(at.log.records).end !== 'rejected') return;",
        after: '',
        tests: ['lib/runs/start/recorded-run'],
      },
      {
        breaks: 'budget that cannot be given back fails the run',
        before: "if (!(error instanceof LedgerError)) throw error;\n    at.deps.log.warn('what a refused run had spent",
        after: "if (error) throw error;\n    at.deps.log.warn('what a refused run had spent",
      },
      {
        breaks: 'a task is recorded for a run that has ended meanwhile',
        before: "foldRun(records).end ? [] : [{ ...at.stamp(), type: 'created', task }],",
        after: "[{ ...at.stamp(), type: 'created' as const, task }],",
        tests: ['lib/runs/start/recorded-run'],
      },
      {
        breaks: 'a task that nothing waits for stays open',
        before: 'if (!isFollowed(at.planned)) await settleRun(at.log, at.deps);\n  } catch',
        after: '} catch',
      },
      {
        breaks: 'the id of a task is lost when the ledger fails',
        before: "at.deps.log.error('the task was created, and could not be recorded; reconcile will find it', {",
        after:
          "throw error; at.deps.log.error('the task was created, and could not be recorded; reconcile will find it', {",
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
