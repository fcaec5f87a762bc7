import { mutantsOf } from './mutant.ts';

/** Whose turn it is. */
export const LANE_MUTANTS = [
  ...mutantsOf(
    'lib/runs/ledger/target-lane.ts',
    ['lib/runs/ledger/target-lane'],
    [
      {
        breaks: 'what was decided before a roll-over is written after it',
        before: 'what was decided on the state before does not hold.\n      return false;',
        after: 'what was decided on the state before does not hold.\n',
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
