import { plainText } from '../../kernel/plain-text.ts';
import { type LaneView, viewLanes } from '../../runs/operate/lanes.ts';
import { type LaneRepair, planLaneRepair, repairLane } from '../../runs/operate/repair-lane.ts';
import { type CommandContext, type CommonOptions, command } from '../command-line.ts';
import { counted } from '../counted.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { hanging } from '../wrap.ts';
import { shownRun } from './run-format.ts';

/** `runs lanes [lane]` and `runs lanes repair <lane>`. */
export const addRunsLanes = command('lanes [repair] [lane]', {
  summary: 'show which run has the turn on each target, and which runs wait; repair a damaged lane',
  about: [
    'A lane is the queue of the runs of one target: dcs-<instance id> or sms-<source server id>. Exit code 1: a lane is damaged, and nothing is',
    'created for its target until it is repaired.',
    'repair removes what cannot be read: damaged lines, and runs whose log is damaged or missing. Readable runs keep their place, and one that',
    'may have a task keeps the turn. A run that cannot be read may have a task: before you confirm, check in the console of the service whether',
    'one is running on the target.',
  ].join('\n'),
  examples: [
    'npx migrations runs lanes',
    'npx migrations runs lanes dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5',
    'npx migrations runs lanes repair dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5 --dry-run',
  ],
  hasPlace: true,
  add: (command) =>
    command
      .option('--dry-run', 'with repair: show what would change, and change nothing')
      .option('--yes', 'with repair: do not ask'),
  work: async (context, options, [first, second]) => {
    if (first === 'repair') return repair(context, options, second);
    if (second !== undefined)
      throw new UsageError(`runs lanes ${first} ${second}: did you mean runs lanes repair ${second}?`);
    if (options.dryRun || options.yes) throw new UsageError('--dry-run and --yes apply to runs lanes repair only');
    return show(context, first);
  },
});

async function show({ terminal, place }: CommandContext, lane: string | undefined): Promise<ExitCode> {
  const views = await viewLanes(await (await place()).openLedger(), lane);
  const shown = lane === undefined ? views.filter(({ runs, damage }) => runs.length > 0 || damage) : views;
  if (shown.length === 0) terminal.note(`all targets are free (${counted(views.length, 'lane')})`);
  terminal.result({ lanes: shown }, () => shown.flatMap((view) => describe(view, terminal)));
  return views.some(({ damage }) => damage) ? EXIT.failed : EXIT.done;
}

async function repair(
  { terminal, place }: CommandContext,
  { dryRun, yes }: CommonOptions,
  lane: string | undefined,
): Promise<ExitCode> {
  if (lane === undefined) throw new UsageError('runs lanes repair: which lane? runs lanes lists them');
  const ledger = await (await place()).openLedger();
  const plan = await planLaneRepair(ledger, lane);
  if (!plan) {
    terminal.result({ lane, repaired: false }, () => [`lane ${lane}: nothing to repair`]);
    return EXIT.done;
  }
  if (dryRun) {
    terminal.result({ dry_run: true, ...jsonOf(plan) }, () => repairLines(plan));
    return EXIT.done;
  }
  for (const line of repairLines(plan)) terminal.note(line);
  if (!(await terminal.confirm(`Repair lane ${lane}?`, { yes: yes === true }))) return EXIT.usage;
  const done = await repairLane(ledger, lane);
  terminal.result({ ...(done ? jsonOf(done) : { lane }), repaired: done !== undefined }, () => [
    `repaired lane ${lane}`,
  ]);
  return EXIT.done;
}

function describe({ lane, runs, damage }: LaneView, terminal: Terminal): string[] {
  const title = terminal.paint('strong', plainText(lane));
  if (damage)
    return [title, `  ${terminal.paint('bad', 'damaged')}`, ...hanging('    ', plainText(damage), terminal.width)];
  if (runs.length === 0) return [title, '  free'];
  const longest = Math.max(...runs.map(({ job }) => job.length));
  const rows = runs.map(({ job, run, hasTurn, is }) => {
    const state = is === 'open' ? '' : `  ${terminal.paint('warn', is)}`;
    const name = plainText(job).padEnd(longest);
    return `  ${hasTurn ? 'has the turn' : 'waits       '}  ${name}  ${shownRun(run, terminal)}${state}`;
  });
  return [title, ...rows];
}

function jsonOf({ lane, damagedLines, kept, holder, removed }: LaneRepair): Record<string, unknown> {
  const names = kept.map(({ job, run }) => ({ job, run }));
  return { lane, damaged_lines: damagedLines, kept: names, ...(holder ? { holder } : {}), removed };
}

function repairLines({ lane, damagedLines, kept, holder, removed }: LaneRepair): string[] {
  return [
    `lane ${lane}: ${counted(damagedLines, 'damaged line')}`,
    ...kept.map(({ job, run }) => `  kept     ${job} ${run}${run === holder ? ', and has the turn' : ''}`),
    ...removed.map(
      ({ job, run, why }) => `  removed  ${job} ${run}: ${why === 'ended' ? 'it has ended' : 'it cannot be read'}`,
    ),
  ];
}
