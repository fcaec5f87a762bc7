import { mutantsOf } from './mutant.ts';

/** Whose turn it is. */
export const LANE_MUTANTS = [
  ...mutantsOf(
    'lib/runs/ledger/target-lane.ts',
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
        before:
          'const isLate = entry.claim <= (state.left.get(entry.run) ?? -1) || (known && entry.claim < known.claim);',
        after: 'const isLate = known && entry.claim < known.claim;',
      },
      {
        breaks: 'an entry with an older claim replaces that of a newer one',
        before:
          'const isLate = entry.claim <= (state.left.get(entry.run) ?? -1) || (known && entry.claim < known.claim);',
        after: 'const isLate = entry.claim <= (state.left.get(entry.run) ?? -1);',
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
        breaks: 'a roll-over forgets with which claims runs left',
        before: 'return { entries, landed, left: new Map(Object.entries(left)), ...given({ holder, idleAt }) };',
        after: 'return { entries, landed, left: new Map(), ...given({ holder, idleAt }) };',
      },
      {
        breaks: 'a roll-over forgets who holds the lane',
        before: 'return { entries, landed, left: new Map(Object.entries(left)), ...given({ holder, idleAt }) };',
        after: 'return { entries, landed, left: new Map(Object.entries(left)), ...given({ idleAt }) };',
      },
      {
        breaks: 'a roll-over forgets since when the target is idle',
        before: 'return { entries, landed, left: new Map(Object.entries(left)), ...given({ holder, idleAt }) };',
        after: 'return { entries, landed, left: new Map(Object.entries(left)), ...given({ holder }) };',
      },
      {
        breaks: 'what was decided before a roll-over is written after it',
        before: 'what was decided on the state before does not hold.\n      return false;',
        after: 'what was decided on the state before does not hold.\n',
      },
      {
        breaks: 'a lane that another one has rolled over is not followed',
        before: 'const appended = await this.#log.append(...records);\n    await this.#follow();',
        after: 'const appended = await this.#log.append(...records);',
      },
      {
        breaks: 'a run is held although its entry stands for another claim',
        before: 'return this.state.holder === run && this.#stands(entry);',
        after: 'return this.state.holder === run;',
      },
      {
        breaks: 'a run that is not in the lane leaves no record although a slow claimant may be about to enter',
        before: 'return entry ? entry.claim > claim : !fenced || (left[run] ?? -1) >= claim;',
        after: 'return entry ? entry.claim > claim : true;',
      },
      {
        breaks: 'a run with a newer claim can be removed with an older one',
        before: 'return entry ? entry.claim > claim : !fenced',
        after: 'return entry ? false : !fenced',
        tests: ['lib/runs/ledger/target-lane', 'lib/runs/start/lane-turn'],
      },
      {
        breaks: 'runs of the same time have no order',
        before: 'return a.order - b.order || (a.run < b.run ? -1 : 1);',
        after: 'return a.order - b.order;',
      },
      {
        breaks: 'only one page of the lists of a lane is looked at',
        before: 'if (page.length < SEGMENTS_PAGE) return',
        after: 'return',
      },
      {
        breaks: 'an unknown record of a lane is passed over',
        before:
          'if (unknown) throw new DamagedListError(log.name, `record ${unknown.id} is of no type that a lane knows`);',
        after: '',
        tests: ['lib/runs/ledger/target-lane', 'lib/runs/operate/repair-lane'],
      },
      {
        breaks: 'a lane never rolls over',
        before: 'if (this.#log.records.length >= ROLL_AT) {',
        after: 'if (this.#log.records.length >= ROLL_AT * 100) {',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/lane-turn.ts',
    ['lib/runs/start/lane-turn'],
    [
      {
        breaks: 'an older version of an object lands after a newer one',
        before: '(landed[object] ?? Number.NEGATIVE_INFINITY) > order',
        after: '(landed[object] ?? Number.NEGATIVE_INFINITY) > order + 1e15',
      },
      {
        breaks: 'two versions of an object with the same time supersede each other',
        before: '(landed[object] ?? Number.NEGATIVE_INFINITY) > order',
        after: '(landed[object] ?? Number.NEGATIVE_INFINITY) >= order',
      },
      {
        breaks: 'latest: runs with equal orders supersede each other',
        before: 'other.run !== run && other.order > order;',
        after: 'other.run !== run && other.order >= order;',
      },
      {
        breaks: 'latest: runs of other jobs supersede it',
        before: 'return other.job === job && other.run !== run',
        after: 'return other.run !== run',
      },
      {
        breaks: 'latest: a request is superseded',
        before: "if (policies.overlap === 'latest' && trigger !== 'request') {",
        after: "if (policies.overlap === 'latest') {",
      },
      {
        breaks: 'latest: a run that was refused supersedes an older one',
        before: "if (end === undefined || end === 'created' || end === 'dry_run') return other;",
        after: 'return other;',
      },
      {
        breaks: 'latest: a run of another environment supersedes it',
        before: 'if (log && isForeign(ledger, log.records)) continue;',
        after: '',
        tests: ['simulation/environments', 'lib/runs/start/lane-turn'],
      },
      {
        breaks: 'a later run of the queue blocks an earlier one',
        before: 'entry.run !== received.run && inOrder(entry, received) < 0',
        after: 'entry.run !== received.run',
      },
      {
        breaks: 'a holder with a later time blocks nobody',
        before: 'for (const entry of held ? [held] : ahead) {',
        after: 'for (const entry of ahead) {',
      },
      {
        breaks: 'an unreadable run that waits blocks the lane',
        before: 'if (!isHolder) continue;',
        after: 'if (!isHolder) return entry;',
      },
      {
        breaks: 'an unreadable holder is released after one listing',
        before: 'if (idleAt === undefined || at < idleAt + policies.settleMs) return false;',
        after: 'if (idleAt !== undefined && at < idleAt + policies.settleMs) return false;',
      },
      {
        breaks: 'an unreadable holder is released after two listings at once',
        before: 'if (idleAt === undefined || at < idleAt + policies.settleMs) return false;',
        after: 'if (idleAt === undefined) return false;',
      },
      {
        breaks: 'an unreadable holder is released although its target is busy',
        before: 'if (!(await isIdle(holder))) return false;',
        after: 'await isIdle(holder);',
      },
      {
        breaks: 'the time of an idle listing is that of its end',
        before: 'const at = ledger.now();\n  if (!(await isIdle(holder))) return false;',
        after: 'if (!(await isIdle(holder))) return false;\n  const at = ledger.now();',
      },
      {
        breaks: 'the run of another environment is ended by us',
        before: 'const mayEnd = isHolder && !isForeign(ledger, log.records);',
        after: 'const mayEnd = isHolder;',
        tests: ['simulation/environments', 'lib/runs/start/lane-turn'],
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
        breaks: 'a holder that was paused before it got its turn does not hold',
        before: 'const aside = !isHolder && state.reason !== undefined',
        after: 'const aside = state.reason !== undefined',
      },
      {
        breaks: 'a run that is over its budget blocks the queue',
        before: "new Set(['paused', 'over_budget'])",
        after: "new Set(['paused'])",
      },
      {
        breaks: 'reject: a run waits for a busy target',
        before: "if (policies.overlap === 'reject') return",
        after: "if (policies.overlap === 'reject' && !run) return",
      },
      {
        breaks: 'a claim that was taken over decides again and again',
        before: "return wasTakenOver(queue, run, claim) ? { turn: 'claim_lost' } : 'changed';",
        after: "return 'changed';",
      },
      {
        breaks: 'a run that left with this claim counts as merely changed',
        before: 'return (state.left[run] ?? -1) >= claim || ',
        after: 'return ',
      },
      {
        breaks: 'a run joins the queue unclaimed',
        before: "if (claim === undefined) return { turn: 'run_changed' };\n    if (!(await queue.enter(",
        after: 'if (!(await queue.enter(',
      },
      {
        breaks: 'a damaged run log stops its lane',
        before: 'if (error instanceof DamagedListError) return undefined;',
        after: '',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/settle-run.ts',
    ['lib/runs/follow/settle-run'],
    [
      {
        breaks: 'the lane is left before the end is recorded',
        before: 'const { end: before } = foldRun(log.records);',
        after:
          'const { end: before, received: r, lastClaim: c } = foldRun(log.records); const l = r?.planned && laneOf(r.planned); if (r && l) await leaveLane(ledger, l, { run: r.run, claim: c });',
      },
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
        breaks: 'a settled run fences off no slow claimant',
        before: "const fenced = log.records.some(({ type, by }) => type === 'claimed' && by !== ledger.by);",
        after: 'const fenced = false;',
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
        breaks: 'a run steps out of its lane with a claim that was taken over',
        before: "const isMine = log.records.findLast(({ type }) => type === 'claimed')?.by === ledger.by;",
        after: "const isMine = log.records.some(({ type, by }) => type === 'claimed' && by === ledger.by);",
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
        breaks: 'a repair forgets what was before a damaged first line',
        before: "if (segment === 1 || records[0]?.type === 'snapshot') return",
        after: 'return',
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
        before: "it is looked at again at the next tick', { error });\n    return false;",
        after: "it is looked at again at the next tick', { error });\n    return true;",
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
];
