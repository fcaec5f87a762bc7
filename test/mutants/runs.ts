import { mutantsOf } from './mutant.ts';

/** How a run gets its task. */
export const RUN_MUTANTS = [
  ...mutantsOf(
    'lib/runs/start/recorded-run.ts',
    ['lib/runs/start/recorded-run'],
    [
      {
        breaks: 'a lost response is waiting when the ledger fails',
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
        breaks: 'a run whose response was lost gives its budget back',
        before: "case 'unknown':\n",
        after: "case 'unknown':\n      await finder.budget.giveBack();\n",
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/create-task.ts',
    ['lib/runs/start/create-task'],
    [
      {
        breaks: 'a create call is sent again after a lost response',
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
        breaks: 'what cannot be sent is tried forever',
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
        breaks: 'a tick waits for a lost response',
        before: 'const isLast = deps.isTick || looks',
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
    'lib/runs/operate/budgets.ts',
    ['lib/runs/operate/budgets'],
    [
      {
        breaks: 'a budget with room is shown as used up',
        before: 'if (hasRoom(records, capacity)) isUsedUp = false;',
        after: '',
      },
      {
        breaks: 'more lists are read than the maximum',
        before: 'const fits = lists + length <= MAX_LISTS;',
        after: 'const fits = lists <= MAX_LISTS;',
      },
      {
        breaks: 'a run that an operator lets start counts as waiting for its limit',
        before: "if (!received || end || parked || runNow || reason?.code !== 'over_budget') return undefined;",
        after: "if (!received || end || parked || reason?.code !== 'over_budget') return undefined;",
      },
      {
        breaks: 'a damaged budget hides the others',
        before: 'if (!(error instanceof LedgerError)) throw error;',
        after: 'throw error;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/budget.ts',
    ['lib/runs/ledger/budget'],
    [
      {
        breaks: 'a run spends twice in a window',
        before: 'this.#hasSpent(records) || !hasRoom(records, capacity) ? [] :',
        after: '!hasRoom(records, capacity) ? [] :',
      },
      {
        breaks: 'more is spent than the limit',
        before: 'return usedIn(records) < capacity && refused < capacity;',
        after: 'return usedIn(records) <= capacity && refused < capacity;',
      },
      {
        breaks: 'refused creates are made without end',
        before: 'return usedIn(records) < capacity && refused < capacity;',
        after: 'return usedIn(records) < capacity;',
      },
      {
        breaks: 'what is given back is given back twice',
        before: 'this.#hasSpent(records) ? [{ ...this.#ledger.stamp(), run: this.#run, back: true }] : [],',
        after: '[{ ...this.#ledger.stamp(), run: this.#run, back: true as const }],',
      },
      {
        breaks: 'every refusal of a window raises the alarm',
        before: 'const first = log.records.length === 0 && (await log.append(this.#ledger.stamp()));',
        after: 'const first = log.records.length >= 0 && (await log.append(this.#ledger.stamp()));',
      },
      {
        breaks: 'a run that had its share is refused when the budget is used up',
        before: 'if (this.#hasSpent(records) || hasRoom(records, capacity)) return undefined;',
        after: 'if (hasRoom(records, capacity)) return undefined;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/advance-run.ts',
    ['lib/runs/start/advance-run', 'lib/runs/start/recorded-run'],
    [
      {
        breaks: 'a decision that was too late counts',
        before: 'if (!(await this.#append(records))) return this.#changed();',
        after: 'await this.#append(records);',
      },
      {
        breaks: 'what was seen before somebody else wrote holds',
        before: '#changed(): typeof AGAIN {\n    this.#finder.clear();',
        after: '#changed(): typeof AGAIN {',
      },
      {
        breaks: 'what was looked for is not looked for again after a listing without it',
        before: 'this.#finder.drop(forget);',
        after: '',
      },
      {
        breaks: 'a run whose turn has passed to others keeps the lane',
        before: 'const isOut = this.#finder.isOutside || (await leaveQueue(this.#log, this.#deps));',
        after: 'const isOut = true;',
      },
      {
        breaks: 'a run that steps out of the lane is gone on with though somebody else wrote',
        before: 'return isOut ? this.#next(next) : this.#changed();',
        after: 'return this.#next(next);',
        tests: ['lib/runs/start/advance-run'],
      },
      {
        breaks: 'a run that has joined the queue stays there when it steps aside',
        before: 'this.#finder.isOutside = false;\n    if (await queue.enterAndHold(',
        after: 'if (await queue.enterAndHold(',
      },
      {
        breaks: 'a run whose claim was taken over is lost in its lane',
        before: 'return (await queue.enter(entry, this.#finder.followers)) ? this.#next(next) : this.#takeOver();',
        after: 'await queue.enter(entry, this.#finder.followers); return this.#next(next);',
        tests: ['lib/runs/start/advance-run'],
      },
      {
        breaks: 'a claim that has left takes the turn again and again',
        before: 'const isTakenOver = (left[run] ?? -1) >= claim ||',
        after: 'const isTakenOver =',
        tests: ['lib/runs/start/advance-run'],
      },
      {
        breaks: 'who followed joins alone',
        before: '{ ended, followers: this.#finder.followers })',
        after: '{ ended })',
        tests: ['lib/runs/start/recorded-batch'],
      },
      {
        breaks: 'a turn that was just given is looked for in the cloud',
        before: 'noteTurn(this.#deps.ledger, run);',
        after: '',
        tests: ['lib/runs/start/advance-run'],
      },
      {
        breaks: 'a lane that was refused is believed again',
        before: "this.#finder.drop(['lane']);\n    return AGAIN;",
        after: 'return AGAIN;',
        tests: ['lib/runs/start/advance-run'],
      },
      {
        breaks: 'a create call is sent although its intent was not recorded',
        before: "{ type: 'intent', until, ...place }]))) return this.#changed();",
        after: "{ type: 'intent', until, ...place }]))) void 0;",
      },
      {
        breaks: 'an attempt counts as over while it may be under way',
        before: 'const { until } = claimRecord(this.#deps);\n    const { planned }',
        after: 'const until = ledger.now();\n    const { planned }',
      },
      {
        breaks: 'the end of a run does not know where its lane ended',
        before: 'const place = lane === undefined ? {} : { lane: (await TargetLane.shared(ledger, lane)).place };',
        after: 'const place = {};',
        tests: ['lib/runs/start/advance-run'],
      },
      {
        breaks: 'budget that is used up is spent',
        before: "(await this.#finder.budget.spend()) ?? 'spent');",
        after: "(await this.#finder.budget.spend(), 'spent'));",
      },
      {
        breaks: 'a request that has its task counts as waiting',
        before: 'if (!end) await stopWaiting(log, deps);',
        after: '',
        tests: ['lib/runs/start/waiting-requests'],
      },
      {
        breaks: 'a parked run is parked in silence',
        before: 'if (alarm) log.error(alarm.message, { reason: alarm.reason });',
        after: '',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/first-records.ts',
    ['lib/runs/start/first-records', 'lib/runs/start/recorded-run'],
    [
      {
        breaks: 'a run is recorded without a marker',
        before: 'markOpen(ledger, job, run, generationOf(log.records)),',
        after: '',
        tests: ['lib/runs/start/recorded-run', 'lib/runs/start/tick-runs', 'lib/runs/follow/reconcile'],
      },
      {
        breaks: 'a run is recorded before its marker is there',
        before: '    await Promise.all([\n      markOpen(',
        after: '    void Promise.all([\n      markOpen(',
        tests: ['lib/runs/start/first-records'],
      },
      {
        breaks: 'a request is not counted while it waits',
        before: '...(isCounted(received) ? [markWaiting(ledger, job, run)] : []),',
        after: '',
        tests: ['lib/runs/start/waiting-requests'],
      },
      {
        breaks: 'a run that waits at once keeps its claim',
        before: "stamped({ type: 'claimed', until: ledger.now() }), stamped(wait)]",
        after: 'stamped(claimRecord(deps)), stamped(wait)]',
        tests: ['lib/runs/start/first-records'],
      },
      {
        breaks: 'a run is thought to stand in no lane before its first record',
        before: 'finder.isOutside = true;',
        after: '',
        tests: ['lib/runs/start/first-records'],
      },
      {
        breaks: 'a run joins a queue that it was seen to be ahead of',
        before: 'entry.run === holder || inOrder(entry, received) < 0);',
        after: 'entry.run === holder || inOrder(entry, received) > -2);',
        tests: ['lib/runs/start/first-records'],
      },
      {
        breaks: 'a later run joins no queue at once',
        before: 'const blocker = ahead.find((entry) => entry.run === holder) ?? ahead[0] ?? behind;',
        after: 'const blocker = behind;',
        tests: ['lib/runs/start/first-records'],
      },
      {
        breaks: 'a run that follows another one of its event looks at the cloud',
        before: 'if (!behind) beginLookups(',
        after: 'beginLookups(',
        tests: ['lib/runs/start/recorded-batch'],
      },
      {
        breaks: 'the looks of a paused run begin',
        before: 'if (!pauses || pauses.length > 0 || run.received.written) return;',
        after: 'if (!pauses || run.received.written) return;',
        tests: ['lib/runs/start/first-records'],
      },
      {
        breaks: 'a lane that cannot be read stops the first record',
        before: '  } catch {\n    return undefined;\n  }',
        after: '  } catch (error) {\n    throw error;\n  }',
        tests: ['lib/runs/start/first-records'],
      },
      {
        breaks: 'a pause that cannot be read stops the first record',
        before: 'return pausesOf(ledger, job).catch(() => undefined);',
        after: 'return pausesOf(ledger, job);',
        tests: ['lib/runs/start/first-records'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/recorded-batch.ts',
    ['lib/runs/start/recorded-batch'],
    [
      {
        breaks: 'the runs of an event go in the order of its keys',
        before: '[...members].sort((a, b) => inOrder(a.received, b.received));',
        after: '[...members];',
      },
      {
        breaks: 'the runs of an event join one after the other',
        before: 'first.finder.followers = followers;',
        after: '',
      },
      {
        breaks: 'a run of an event that joined is thought to stand in no lane',
        before: 'one.finder.isOutside = false;',
        after: '',
      },
      {
        breaks: 'a run that the ledger failed stops those of its event',
        before: 'return { member, failed: await endOf(() => whenLedgerFails(error, log, deps)) };',
        after: 'throw error;',
      },
      {
        breaks: 'answers come in the order of the lane',
        before: 'return members.flatMap((member) =>',
        after: 'return sorted.flatMap((member) =>',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/facts.ts',
    ['lib/runs/start/facts', 'lib/runs/start/recorded-run'],
    [
      {
        breaks: 'what was found out is believed though it was asked for again',
        before: 'this.drop(names.filter((name) => this.#known[name] !== undefined));',
        after: '',
        tests: ['lib/runs/start/facts', 'lib/runs/start/recorded-run'],
      },
      {
        breaks: 'a pause that was seen long ago holds',
        before: 'const known = now >= from && now < until ? this.#known : others;',
        after: 'const known = now >= from ? this.#known : others;',
        tests: ['lib/runs/start/facts'],
      },
      {
        breaks: 'what could not be found out is never asked for again',
        before: 'begun.catch(() => this.#begun.delete(name));',
        after: 'begun.catch(() => undefined);',
        tests: ['lib/runs/start/facts'],
      },
      {
        breaks: 'a failure is answered while other looks are under way',
        before: 'const ends = await Promise.allSettled(found);',
        after: 'await Promise.all(found); const ends: PromiseSettledResult<void>[] = [];',
        tests: ['lib/runs/start/facts'],
      },
      {
        breaks: 'facts are found out one after the other',
        before: 'const found = names.map(',
        after: 'for (const name of names) await this.#find(name);\n    const found = names.map(',
        tests: ['lib/runs/start/facts'],
      },
      {
        breaks: 'an object that is looked for again is the one that was seen',
        before: "if (names.includes('object')) this.#looks =",
        after: 'if (names.length < 0) this.#looks =',
        tests: ['lib/runs/start/facts'],
      },
      {
        breaks: 'a run that has changed is thought to stand in no lane',
        before: 'this.#begun = new Map();\n    this.isOutside = false;',
        after: 'this.#begun = new Map();',
        tests: ['lib/runs/start/facts'],
      },
      {
        breaks: 'looks that began before the run changed are believed',
        before: 'this.#known = {};\n    this.#begun = new Map();',
        after: 'this.#known = {};',
        tests: ['lib/runs/start/facts'],
      },
      {
        breaks: 'a run is looked at without a reserve of time',
        before: 'const hasTime = remainingMs() > RESERVE_MS;',
        after: 'const hasTime = remainingMs() > 0;',
        tests: ['lib/runs/start/facts', 'lib/runs/start/recorded-run'],
      },
      {
        breaks: 'a task of another run on the same server waits forever',
        before: "if (!(error instanceof RunError)) throw error;\n      return { end: 'refused'",
        after: "throw error;\n      return { end: 'refused'",
        tests: ['lib/runs/start/facts'],
      },
      {
        breaks: 'a run looks at its first records after they are written',
        before: 'return this.#first && !this.#log.state.received ? this.#first : runOf(this.#log);',
        after: 'return this.#first ?? runOf(this.#log);',
        tests: ['lib/runs/start/facts'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/recorded-run.ts',
    ['lib/runs/start/recorded-run'],
    [
      {
        breaks: 'a key that comes again with other fields is answered with the first task',
        before: 'if (isOther(received, log.state.received)) return',
        after: "if (received.run === '') return",
        tests: ['lib/runs/start/recorded-run#key came before'],
      },
      {
        breaks: 'a run of a plan that was refused is recorded without its marker',
        before: 'if (awaitsReports(records, ledger.now()))\n      await markOpen(',
        after: 'if (awaitsReports(records, 0) && !log)\n      await markOpen(',
        tests: ['simulation/reports'],
      },
      {
        breaks: 'requests wait without end',
        before: '|| state.received || (await hasRoomToWait(ledger, received.job))) return undefined;',
        after: '|| state.received || received.job) return undefined;',
        tests: ['lib/runs/start/waiting-requests'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/create-recorded.ts',
    ['lib/runs/start/recorded-run'],
    [
      {
        breaks: 'a refused run keeps its budget',
        before: 'await budget.giveBack();',
        after: '',
      },
      {
        breaks: 'a run that waits because of passing trouble gives its budget back',
        before: "if (log.state.end !== 'rejected') return AGAIN;",
        after: '',
      },
      {
        breaks: 'budget that cannot be given back fails the run',
        before: "if (!(error instanceof LedgerError)) throw error;\n    deps.log.warn('the budget",
        after: "throw error;\n    deps.log.warn('the budget",
      },
      {
        breaks: 'a task is recorded for a run that has ended meanwhile',
        before: "({ end }) => (end ? [] : [{ ...ledger.stamp(), type: 'created', task }])",
        after: "() => [{ ...ledger.stamp(), type: 'created', task }]",
      },
      {
        breaks: 'a task that nothing waits for stays open',
        before: 'if (isNews && !isFollowed(runOf(log).planned)) await settleRun(log, deps);',
        after: '',
      },
      {
        breaks: 'a task that is followed is settled as soon as it is created',
        before: 'if (isNews && !isFollowed(runOf(log).planned)) await',
        after: 'if (isNews) await',
      },
      {
        breaks: 'the id of a task is lost when the ledger fails',
        before: "if (!(error instanceof LedgerError)) throw error;\n    deps.log.error('the task was created",
        after: "throw error;\n    deps.log.error('the task was created",
      },
      {
        breaks: 'a secret that is not set fails forever',
        before: 'if (!(error instanceof RunError)) throw error;\n    await append',
        after: 'throw error;\n    await append',
        tests: ['lib/runs/start/advance-run'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/run-state.ts',
    ['lib/runs/ledger/run-state', 'lib/runs/ledger/run-log'],
    [
      {
        breaks: 'what is written after a run was forgotten counts',
        before: "if (state.end === 'forgotten' && record.type !== 'replayed') {",
        after: "if (state.end === 'forgotten' && record.type === 'settled') {",
        tests: ['lib/runs/ledger/run-state', 'lib/runs/operate/forget-run'],
      },
      {
        breaks: 'the deadline of a run that goes on counts from its first attempt',
        before: 'parked: _parked, parkedByHand, firstIntentAt: _first, ...others } = rest;',
        after: 'parked: _parked, parkedByHand, ...others } = rest;',
        tests: ['lib/runs/ledger/run-state', 'lib/runs/operate/resolve-run'],
      },
      {
        breaks: 'an attempt of a run that was parked by hand is forgotten when it goes on',
        before: 'return parkedByHand && attempt ? { ...open, attempt, firstIntentAt: at } : open;',
        after: 'return open;',
        tests: ['lib/runs/ledger/run-state'],
      },
      {
        breaks: 'waiting for its turn counts as trouble',
        before: 'return isRoutineWait(reason) ? waits : { ...waits, troubleSince };',
        after: 'return { ...waits, troubleSince };',
        tests: ['lib/runs/start/waits'],
      },
      {
        breaks: 'trouble counts from its last time',
        before: 'const { troubleSince = at, ...others } = rest;',
        after: 'const { troubleSince: _t, ...others } = rest; const troubleSince = at;',
        tests: ['lib/runs/start/waits'],
      },
      {
        breaks: 'a claim that was taken over has the position of the first one',
        before: 'claimant: record.by, lastClaim: position };',
        after: 'claimant: record.by, lastClaim: state.lastClaim || position };',
        tests: ['lib/runs/ledger/run-state'],
      },
      {
        breaks: 'who claimed a run first counts as its claimant',
        before: 'claimant: record.by, lastClaim',
        after: 'claimant: state.claimant ?? record.by, lastClaim',
        tests: ['lib/runs/ledger/run-state'],
      },
      {
        breaks: 'the first intent is forgotten by the next one',
        before: 'firstIntentAt: firstIntentAt ?? at,',
        after: 'firstIntentAt: at,',
        tests: ['lib/runs/ledger/run-state'],
      },
      {
        breaks: 'a listing before an attempt proves its absence',
        before: '...begunAttempt(state, record) };',
        after: '...begunAttempt(state, record), ...(absentAt ? { absentAt } : {}) };',
        tests: ['lib/runs/ledger/run-state'],
      },
      {
        breaks: 'nobody handles a run that was recorded as waiting while its call is under way',
        before: 'const handled = claim ?? (state.claimant === by ? { by, until } : undefined);',
        after: 'const handled = claim;',
      },
      {
        breaks: 'a claim outlives what is recorded after it',
        before: 'const { claim, attempt, absentAt, notBefore: _waited, ...rest } = state;\n  const kept = {',
        after:
          'const { claim, attempt, absentAt, notBefore: _waited, ...others } = state;\n  const rest = { ...others, ...(claim ? { claim } : {}) };\n  const kept = {',
        tests: ['lib/runs/ledger/run-state'],
      },
      {
        breaks: 'positions begin again with each part that is folded',
        before: 'applyRecord(state, record, before.count + i + 1)',
        after: 'applyRecord(state, record, i + 1)',
        tests: ['lib/runs/ledger/run-log'],
      },
      {
        breaks: 'an object that was found again is still absent',
        before: 'const { keyAbsentAt: _found, received, ...others } = state;',
        after: 'const { received, ...others } = state;',
        tests: ['lib/runs/ledger/run-state'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/run-log.ts',
    ['lib/runs/ledger/run-log'],
    [
      {
        breaks: 'what somebody else wrote is decided without',
        before: 'return this.#log.change(() => decide(this.state));',
        after: 'const { state } = this; return this.#log.change(() => decide(state));',
      },
      {
        breaks: 'a record of no known type is read again',
        before: 'await this.#log.refresh();\n    refuseUnknown(this.#log);',
        after: 'await this.#log.refresh();',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/lease.ts',
    ['lib/runs/start/waits'],
    [
      {
        breaks: 'a lease ends with its invocation, whatever the clocks of others say',
        before: 'return now + Math.max(0, leaseMs) + MAX_CLOCK_DIFFERENCE_MS + ENDING_MS;',
        after: 'return now + Math.max(0, leaseMs);',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/claim-record.ts',
    ['lib/runs/start/waits'],
    [
      {
        breaks: "a share of the time shortens a claim's lease",
        before: 'until: leaseEnd(ledger.now(), leaseMs()) }',
        after: 'until: leaseEnd(ledger.now(), Math.min(leaseMs(), remainingMs())) }',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/run.ts',
    ['lib/runs/ledger/run-log', 'lib/runs/start/recorded-run'],
    [
      {
        breaks: 'a run of another format is carried out',
        before: 'if (received.v !== RUN_VERSION) {',
        after: 'if (received.v < 0) {',
        tests: ['lib/runs/start/recorded-run'],
      },
      {
        breaks: 'what was prepared is prepared again',
        before: 'const { derive: _derive, latestBackup: _latest, ...rest } = planned;',
        after: 'const { ...rest } = planned;',
      },
    ],
  ),
];
