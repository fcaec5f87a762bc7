import { mutantsOf } from './mutant.ts';

/** Whose turn it is. */
export const LANE_MUTANTS = [
  ...mutantsOf(
    'lib/runs/ledger/target-lane.ts',
    ['lib/runs/ledger/target-lane'],
    [
      {
        breaks: 'what was decided before a roll-over is written after it',
        before: 'so the decision is outdated.\n      return false;',
        after: 'so the decision is outdated.\n',
      },
      {
        breaks: 'a run is held although its entry stands for another claim',
        before: 'return this.state.holder === run && this.#stands(entry);',
        after: 'return this.state.holder === run;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/settle-run.ts',
    ['lib/runs/follow/settle-run'],
    [
      {
        breaks: 'a run is settled although it has ended otherwise meanwhile',
        before: 'const isRight = isStillRight ?? (({ end }: RunState) => end === before);',
        after: 'const isRight = isStillRight ?? (() => true);',
      },
      {
        breaks: 'whether settling is still right is not asked again',
        before: 'const isRight = isStillRight ?? (({ end }: RunState) => end === before);',
        after: 'const isRight = ({ end }: RunState) => end === before;',
        tests: ['lib/runs/follow/settle-run', 'lib/runs/operate/cancel-run'],
      },
      {
        breaks: 'a settled run is settled again',
        before: 'if (!state.received || state.settled || !isRight(state)) return [];',
        after: 'if (!state.received || !isRight(state)) return [];',
      },
      {
        breaks: 'a run is taken off the list of open ones although something is to be reported',
        before: 'if (!awaitsReports(log.records, ledger.now())) {',
        after: '{',
        tests: ['simulation/reports'],
      },
      {
        breaks: 'a run steps out of its lane without a claim',
        before:
          "if (!isMine && !(await log.append({ ...ledger.stamp(), type: 'claimed', until: ledger.now() }))) return false;",
        after: '',
      },
      {
        breaks: 'a run that somebody else wrote to first steps out all the same',
        before: 'until: ledger.now() }))) return false;\n  await queue.leave',
        after: 'until: ledger.now() }))) log.records;\n  await queue.leave',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/operate/repair-lane.ts',
    ['lib/runs/operate/repair-lane'],
    [
      {
        breaks: 'a repaired lane keeps runs that have ended',
        before: 'if (state && !needsNoTarget(state)) kept.push(',
        after: 'if (state) kept.push(',
      },
      {
        breaks: 'a repaired lane forgets runs with a task whose line was damaged',
        before: 'const lost = damagedLines === 0 ? [] : await runsWithTask(ledger, lane, kept);',
        after: 'const lost: LaneEntry[] = [];',
      },
      {
        breaks: 'a repaired lane has no holder though one of its runs may have a task',
        before: '? known.holder : lost[0]?.run;',
        after: '? known.holder : undefined;',
      },
      {
        breaks: 'a repaired lane is held by a run that is gone',
        before: 'const holder = entries.some(({ run }) => run === known.holder) ? known.holder : lost[0]?.run;',
        after: 'const holder = known.holder ?? lost[0]?.run;',
      },
      {
        breaks: 'a repair keeps entries of claims that are over',
        before: 'claim: Math.max(entry.claim, state.lastClaim) }',
        after: 'claim: entry.claim }',
      },
      {
        breaks: 'a repair does not see that somebody wrote meanwhile',
        before: "if (begun === 'stale') {",
        after: "if (begun === 'none') {",
      },
      {
        breaks: 'a lane that needs no repair is repaired',
        before: "const isNeeded = damagedLines > 0 || removed.some(({ why }) => why === 'unreadable');",
        after: 'const isNeeded = true;',
      },
      {
        breaks: 'a repair takes in runs of other lanes',
        before: 'laneOf(state.received.planned) === lane && mayHaveTask(state)',
        after: 'mayHaveTask(state)',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/target-idle.ts',
    ['lib/runs/start/target-idle'],
    [
      {
        breaks: 'a list that cannot be read proves that a target is idle',
        before: "retrying at the next tick', { error });\n    return false;",
        after: "retrying at the next tick', { error });\n    return true;",
      },
    ],
  ),
  ...mutantsOf(
    'lib/migrations/dcs-tasks.ts',
    ['lib/runs/start/target-idle'],
    [
      {
        breaks: 'a task whose target is not said counts for no target',
        before: 'canonicalId(targetInstanceId ?? instance) === canonicalId(instance)',
        after: 'targetInstanceId !== undefined && canonicalId(targetInstanceId) === canonicalId(instance)',
      },
      {
        breaks: 'tasks of other targets keep an unreadable holder',
        before: 'canonicalId(targetInstanceId ?? instance) === canonicalId(instance)',
        after: "canonicalId(targetInstanceId ?? instance) !== ''",
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/target-lane.ts',
    ['lib/runs/ledger/target-lane'],
    [
      {
        breaks: 'a run that has left with this claim joins again and again',
        before: 'return claim <= (left[run] ?? -1) || entries.some(',
        after: 'return entries.some(',
      },
      {
        breaks: 'each claim with which a run has left writes to the lane once more',
        before: 'if (claim <= (this.state.left[run] ?? -1)) return false;\n',
        after: '',
        tests: ['simulation/deleted-records'],
      },
      {
        breaks: 'a run that has the turn takes it again',
        before: 'if (this.state.holder !== run) records.push(',
        after: 'records.push(',
      },
      {
        breaks: 'a run that stands in the lane joins it again',
        before: 'if (!this.#stands(entry)) records.push(',
        after: 'records.push(',
      },
      {
        breaks: 'those who follow do not join in the same append',
        before: 'records.push(...this.#enterRecords(this.state, followers));',
        after: '',
        tests: ['lib/runs/start/recorded-batch'],
      },
      {
        breaks: 'who has ended stays in the lane when another one takes the turn',
        before: 'ended.map((other) => this.#leaveRecord(other));',
        after: 'ended.slice(ended.length).map((other) => this.#leaveRecord(other));',
        tests: ['lib/runs/start/lane-fact'],
      },
      {
        breaks: 'a list that was rolled is followed by one without its state',
        before: 'if (next.records.length === 0) await next.append(',
        after: 'if (next.records.length < 0) await next.append(',
      },
      {
        breaks: 'a list takes more appends than OBS allows',
        before: 'const ROLL_AT = 9_000;',
        after: 'const ROLL_AT = 90_000;',
      },
      {
        breaks: 'the records before a snapshot do not count against a full list',
        before: "(first?.type === 'snapshot' ? (first.before ?? 0) : 0)",
        after: "(first?.type === 'snapshot' ? 0 : 0)",
      },
      {
        breaks: 'a lane repeats its state never',
        before: 'if (known + records.length <= SNAPSHOT_EVERY) return [];',
        after: 'if (known >= 0) return [];',
      },
      {
        breaks: 'a snapshot forgets what is written with it',
        before: 'snapshotOf(foldLane(records, this.state)), before }',
        after: 'snapshotOf(this.state), before }',
      },
      {
        breaks: 'a lane of another format is read',
        before: '|| record.v === LANE_VERSION) continue;',
        after: '|| record.v !== 0) continue;',
      },
      {
        breaks: 'an unknown record of a lane is passed over',
        before: 'if (unknown) throw new DamagedListError(name,',
        after: "if (unknown && name === '') throw new DamagedListError(name,",
      },
      {
        breaks: 'a lane whose damaged list was repaired cannot be read',
        before: 'damage = error;',
        after: 'throw error;',
      },
      {
        breaks: 'a run leaves a lane that somebody has written to since, without a look',
        before: "!== 'stale';\n    } catch",
        after: '!== undefined;\n    } catch',
      },
      {
        breaks: 'trouble that lasts counts as a lane that has changed',
        before: 'if (error instanceof LedgerError && error.temporary) return false;',
        after: 'if (error instanceof LedgerError) return false;',
      },
      {
        breaks: 'a lost response about a lane fails the end of a run',
        before: 'if (error instanceof LedgerError && error.temporary) return false;',
        after: '',
      },
      {
        breaks: 'a lane that could not be read once is never read again',
        before: 'opened.catch(() => lanes.delete(target));',
        after: 'opened.catch(() => undefined);',
      },
      {
        breaks: 'a lane is read by each who asks',
        before: 'if (known) return known;\n    const opened',
        after: 'const opened',
      },
      {
        breaks: 'a run that is not in the lane leaves no record although a slow claimant may be about to enter',
        before: 'entry ? entry.claim > claim : !fenced ||',
        after: 'entry ? entry.claim > claim : true ||',
      },
      {
        breaks: 'a run with a newer claim can be removed with an older one',
        before: 'entry ? entry.claim > claim : !fenced ||',
        after: 'entry ? false : !fenced ||',
      },
      {
        breaks: 'an entry of another claim counts as this one',
        before: '(entry) => entry.run === run && entry.claim === claim);',
        after: '(entry) => entry.run === run);',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/lane-state.ts',
    ['lib/runs/ledger/target-lane'],
    [
      {
        breaks: 'a hold counts without an entry',
        before: 'if (!entry || claim < entry.claim || state.holder !== undefined) return state;',
        after: 'if ((entry && claim < entry.claim) || state.holder !== undefined) return state;',
      },
      {
        breaks: 'the hold of an older claim counts',
        before: 'if (!entry || claim < entry.claim || state.holder !== undefined) return state;',
        after: 'if (!entry || state.holder !== undefined) return state;',
      },
      {
        breaks: 'a hold takes the turn from its holder',
        before: 'if (!entry || claim < entry.claim || state.holder !== undefined) return state;',
        after: 'if (!entry || claim < entry.claim) return state;',
      },
      {
        breaks: 'the leave of an older claim counts',
        before: 'if (entry && claim < entry.claim) return state;',
        after: '',
      },
      {
        breaks: 'an entry with a claim that has left counts',
        before: 'entry.claim <= (state.left.get(entry.run) ?? -1) || (known && entry.claim < known.claim);',
        after: 'known && entry.claim < known.claim;',
      },
      {
        breaks: 'an entry with an older claim replaces that of a newer one',
        before: 'entry.claim <= (state.left.get(entry.run) ?? -1) || (known && entry.claim < known.claim);',
        after: 'entry.claim <= (state.left.get(entry.run) ?? -1);',
      },
      {
        breaks: 'a run that leaves takes the turn of the holder along',
        before: '...(holder === run ? {} : given({ holder, idleAt }))',
        after: '...{}',
      },
      {
        breaks: 'a run that leaves with an older claim forgets the newer one',
        before: 'free.left.set(run, Math.max(before, claim));',
        after: 'free.left.set(run, claim);',
      },
      {
        breaks: 'that the target was idle is noted for a run that does not hold it',
        before: 'return record.run === state.holder && state.idleAt === undefined ?',
        after: 'return state.idleAt === undefined ?',
      },
      {
        breaks: 'a later idle look replaces the first one',
        before: 'return record.run === state.holder && state.idleAt === undefined ?',
        after: 'return record.run === state.holder ?',
      },
      {
        breaks: 'a roll-over forgets the newest landed objects first',
        before: '.sort(([, a], [, b]) => b - a)',
        after: '.sort(([, a], [, b]) => a - b)',
      },
      {
        breaks: 'an older version of an object lands after a newer one',
        before: '(landed[object] ?? order) <= order) return false;',
        after: '(landed[object] ?? order) <= order + 1e15) return false;',
        tests: ['lib/runs/start/lane-fact'],
      },
      {
        breaks: 'two versions of an object with the same time supersede each other',
        before: '(landed[object] ?? order) <= order) return false;',
        after: '(landed[object] ?? order - 1) < order) return false;',
        tests: ['lib/runs/start/lane-fact'],
      },
      {
        breaks: 'a version is newer than itself',
        before: 'return version === undefined || version !== versions[object];',
        after: 'return true;',
        tests: ['lib/runs/start/lane-fact'],
      },
      {
        breaks: 'a version that is not known is the one that landed last',
        before: 'return version === undefined || version !== versions[object];',
        after: 'return version !== versions[object];',
        tests: ['lib/runs/start/lane-fact'],
      },
      {
        breaks: 'a version that landed once is never outdated',
        before: 'return version === undefined || version !== versions[object];',
        after: 'return version === undefined || versions[object] === undefined;',
        tests: ['lib/runs/start/lane-fact'],
      },
      {
        breaks: 'a version that has its turn again with an earlier time lets those between the two land',
        before: 'if (object === undefined || order < (state.landed[object] ?? order)) return',
        after: 'if (object === undefined) return',
        tests: ['lib/runs/start/lane-fact'],
      },
      {
        breaks: 'a snapshot forgets which versions landed',
        before: 'landed, versions, left: new Map(',
        after: 'landed, versions: {}, left: new Map(',
      },
      {
        breaks: 'a snapshot has the versions of the oldest objects',
        before: 'newestFirst.slice(0, MAX_VERSIONS)',
        after: 'newestFirst.slice(-MAX_VERSIONS)',
      },
      {
        breaks: 'a snapshot forgets with which claims runs left',
        before: 'left: new Map(Object.entries(left)), ...given({ holder, idleAt }) };',
        after: 'left: new Map(), ...given({ holder, idleAt }) };',
      },
      {
        breaks: 'a snapshot forgets who holds the lane',
        before: 'left: new Map(Object.entries(left)), ...given({ holder, idleAt }) };',
        after: 'left: new Map(Object.entries(left)), ...given({ idleAt }) };',
      },
      {
        breaks: 'a snapshot forgets since when the target is idle',
        before: 'left: new Map(Object.entries(left)), ...given({ holder, idleAt }) };',
        after: 'left: new Map(Object.entries(left)), ...given({ holder }) };',
      },
      {
        breaks: 'runs of the same time have no order',
        before: 'return a.order - b.order || (a.run < b.run ? -1 : 1);',
        after: 'return a.order - b.order;',
      },
      {
        breaks: 'who left last is forgotten first',
        before: 'free.left.delete(run);\n  free.left.set(',
        after: 'free.left.set(',
      },
      {
        breaks: 'who left is remembered without end',
        before: 'if (free.left.size <= MAX_LEFT) break;',
        after: 'if (free.left.size > 0) break;',
      },
      {
        breaks: 'an object that had its turn is forgotten',
        before: 'landed: { ...state.landed, [object]: order },',
        after: '',
      },
      {
        breaks: 'an entry carries all that its run has',
        before: 'return { job, run, order, kind, task, ...given({ object, version }), claim };',
        after: 'return { job, run, order, kind, task, claim };',
        tests: ['lib/runs/start/lane-fact'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/lane-names.ts',
    ['lib/runs/ledger/target-lane'],
    [
      {
        breaks: 'only one page of the lists of a lane is looked at',
        before: 'if (page.length < SEGMENTS_PAGE) return',
        after: 'return',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/lane-fact.ts',
    ['lib/runs/start/lane-fact'],
    [
      {
        breaks: 'latest: runs with equal orders supersede each other',
        before: 'one.run !== run && one.order > order);',
        after: 'one.run !== run && one.order >= order);',
      },
      {
        breaks: 'latest: runs of other jobs supersede it',
        before: '(one) => one.job === job && one.run !== run',
        after: '(one) => one.run !== run',
      },
      {
        breaks: 'latest: a request is superseded',
        before: "if (policies.overlap === 'latest' && trigger !== 'request') {",
        after: "if (policies.overlap === 'latest') {",
      },
      {
        breaks: 'latest: a run that was refused supersedes an older one',
        before: "if (end === undefined || end === 'created' || end === 'dry_run') return entry;",
        after: 'return entry;',
      },
      {
        breaks: 'latest: a run of another environment supersedes it',
        before: 'if (log && isForeign(this.#deps.ledger, log.records)) continue;',
        after: '',
      },
      {
        breaks: 'a later run of the queue blocks an earlier one',
        before: 'entry.run !== run && inOrder(entry, this.#received) < 0);',
        after: 'entry.run !== run);',
      },
      {
        breaks: 'a holder blocks nobody',
        before: "if (typeof verdict === 'object') return",
        after: "if (typeof verdict === 'string') return",
      },
      {
        breaks: 'an unreadable run that waits blocks the lane',
        before: "if (!log) return 'passed';",
        after: "if (!log) return 'ahead';",
      },
      {
        breaks: 'an unreadable holder is released after one listing',
        before: 'return idleAt !== undefined && at >=',
        after: 'return idleAt === undefined || at >=',
      },
      {
        breaks: 'clocks that differ release an unreadable holder early',
        before: 'idleAt + this.#received.policies.settleMs + MAX_CLOCK_DIFFERENCE_MS;',
        after: 'idleAt + this.#received.policies.settleMs;',
      },
      {
        breaks: 'an unreadable holder is released after two listings at once',
        before:
          'return idleAt !== undefined && at >= idleAt + this.#received.policies.settleMs + MAX_CLOCK_DIFFERENCE_MS;',
        after: 'return idleAt !== undefined;',
      },
      {
        breaks: 'an unreadable holder is released although its target is busy',
        before: 'if (!(await isTargetIdle(this.#planned, this.#deps))) return false;',
        after: 'await isTargetIdle(this.#planned, this.#deps);',
      },
      {
        breaks: 'the run of another environment is ended by us',
        before: "if (isOurs && log.state.end === 'created'",
        after: "if (log.state.end === 'created'",
      },
      {
        breaks: 'a run that has its task and is not settled leaves the lane',
        before: "return settled === true || (end !== undefined && end !== 'created');",
        after: 'return settled === true || end !== undefined;',
      },
      {
        breaks: 'a run that was refused keeps the lane',
        before: "return settled === true || (end !== undefined && end !== 'created');",
        after: 'return settled === true;',
      },
      {
        breaks: 'a run that is over its budget blocks the queue',
        before: "new Set(['paused', 'over_budget'])",
        after: "new Set(['paused'])",
      },
      {
        breaks: 'a damaged run log stops its lane',
        before: 'if (error instanceof DamagedListError) return undefined;',
        after: '',
      },
      {
        breaks: 'a run that this invocation gave the turn is over for those behind it',
        before: 'if (TURNS.get(ledger)?.has(entry.run)) return { isSteady: false };',
        after: '',
      },
      {
        breaks: 'each run that waits looks for the task of the holder at each tick',
        before: "const task = isTick ? 'unclear' : await",
        after: 'const task = await',
      },
      {
        breaks: 'a task that failed is settled by whoever waits for its target',
        before: "if (isOver(state)) return 'unclear';",
        after: 'if (isOver(state)) return { status: found.status };',
      },
      {
        breaks: 'a holder whose task cannot be looked for fails those that wait',
        before: "if (error instanceof CloudError || error instanceof RunError) return 'unclear';",
        after: '',
      },
      {
        breaks: 'a task that only looks steady does not block for long',
        before: "return state === 'steady' && action.isIncremental ? 'steady' : 'running';",
        after: "return 'running';",
      },
      {
        breaks: 'a run that has ended leaves with an older claim than its last',
        before: 'claim: Math.max(state?.lastClaim ?? 0, claim) }',
        after: 'claim: claim - 1 }',
      },
      {
        breaks: 'a run takes the turn without those leaving who have ended',
        before: "return { is: 'free', ended: this.#ended };",
        after: "return { is: 'free', ended: [] };",
      },
      {
        breaks: 'a holder that follows changes has others queue',
        before: 'return { isSteady: log.state.steady === true };',
        after: 'return { isSteady: false };',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/settle-run.ts',
    ['lib/runs/follow/settle-run'],
    [
      {
        breaks: 'a settled run fences off no slow claimant',
        before: "const fenced = records.some(({ type, by }) => type === 'claimed' && by !== ledger.by);",
        after: 'const fenced = false;',
      },
      {
        breaks: 'a run steps out of its lane with a claim that was taken over',
        before: 'const isMine = log.state.claimant === ledger.by;',
        after: "const isMine = log.records.some(({ type, by }) => type === 'claimed' && by === ledger.by);",
      },
      {
        breaks: 'the lane is left before the end is recorded',
        before: 'const { end: before } = log.state;',
        after: 'await leaveAfterEnd(log, ledger); const { end: before } = log.state;',
      },
      {
        breaks: 'a run of which nothing was settled leaves its lane',
        before: 'if (!received || !settled) return false;',
        after: 'if (!received) return false;',
      },
      {
        breaks: 'the end of a run reads its lane',
        before: 'const isQuiet = place !== undefined && !TargetLane.isKnown(ledger, lane);',
        after: 'const isQuiet = false;',
      },
      {
        breaks: 'the lane that has changed keeps a run that has ended',
        before: 'if (isQuiet && (await TargetLane.leaveAt(ledger, lane, { run, claim }, place))) return;',
        after: 'if (isQuiet) { await TargetLane.leaveAt(ledger, lane, { run, claim }, place); return; }',
      },
      {
        breaks: 'a request that has ended counts as waiting',
        before: 'if (isCounted(received)) await unmarkWaiting(ledger, received.job, received.run);\n',
        after: '',
        tests: ['lib/runs/start/waiting-requests'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/leave-lane.ts',
    ['lib/runs/ledger/leave-lane'],
    [
      {
        breaks: 'a run that joined since the lane was read stays in it',
        before: 'if (!queue.state.entries.some((entry) => entry.run === run)) await queue.refresh();',
        after: '',
      },
    ],
  ),
];
