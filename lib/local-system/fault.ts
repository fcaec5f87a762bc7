import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ActiveFault } from '../../packages/local-cloud/src/cloud/active-faults.ts';
import { FAULT_HELP, parseFault } from '../../packages/local-cloud/src/cloud/parse-fault.ts';
import { readRate } from './clock-rate.ts';
import { RegionControl, type RegionTime, readDuration } from './region-control.ts';
import { withOptions } from './start-options.ts';
import { readSystemFile, type SystemFile } from './system-file.ts';

/** @param called how people call it */
export const faultHelp = (called: string) => `Usage: ${withOptions(called)} [options] [<fault>...]

Rehearses what can go wrong in the local cloud of a running system: adds faults, moves its clock, plays a scenario, and lists what is active.

Options:
  --clear           remove all faults first
  --undo <fault>    remove one, by its number or text; may be repeated
  --clock <rate>    let the region's clock run so many times as fast, 1 to 100, while no function and no call is under way
  --advance <time>  move the clock forward, for example 90s, 10m, 4h or 2d, with everything that happens meanwhile
  --scenario <file> play a scenario, for example examples/scenarios/stuck-import.yml, and end when its steps are done
  --state <path>    state folder of the running system (default .local)
  --help            show this help

A fault is ${FAULT_HELP}`;

export interface FaultCall {
  /** How people call it: `npm run fault` or `npx migrations fault`. */
  readonly called: string;
  /** The folder of the running system's project. */
  readonly folder: string;
  readonly cwd: string;
  /** @default to stdout */
  readonly write?: (text: string) => void;
  /** @default to stderr */
  readonly writeError?: (text: string) => void;
}

/** Adds and removes faults of a running local cloud, and moves its clock. @returns the exit code */
export async function runFault(args: readonly string[], call: FaultCall): Promise<number> {
  const { writeError = (text: string) => process.stderr.write(text) } = call;
  try {
    await changeFaults(args, { write: (text) => process.stdout.write(text), ...call });
    return 0;
  } catch (error) {
    writeError(`${call.called}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function changeFaults(
  args: readonly string[],
  { called, folder, cwd, write }: FaultCall & { readonly write: (text: string) => void },
): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      clear: { type: 'boolean' },
      undo: { type: 'string', multiple: true },
      clock: { type: 'string' },
      advance: { type: 'string' },
      scenario: { type: 'string', multiple: true },
      state: { type: 'string' },
    },
  });
  if (values.help) {
    write(faultHelp(called));
    return;
  }
  // All of it is read before anything is changed.
  for (const fault of positionals) parseFault(fault);
  const rate = values.clock === undefined ? undefined : readRate(values.clock);
  const advance = values.advance === undefined ? undefined : readDuration('--advance', values.advance);
  const [file, another] = values.scenario ?? [];
  if (another !== undefined) throw new Error('--scenario: give one at a time; the next when it has ended');
  const scenario = file === undefined ? undefined : await readNamedScenario(path.resolve(cwd, file));
  const stateFolder = path.resolve(cwd, values.state ?? path.join(folder, '.local'));
  const system = await readSystemFile(stateFolder);
  if (!system)
    throw new Error(`no local system is running with its state in ${stateFolder}: start one with npx migrations start`);
  const control = new RegionControl(system);
  if (values.clear) await control.clear();
  for (const which of values.undo ?? []) await control.undo(which);
  for (const fault of positionals) await control.add(fault);
  if (rate !== undefined) await control.setRate(rate);
  if (scenario) await play(scenario, { system, stateFolder }, write);
  if (advance !== undefined) await control.advance(advance);
  write(describeFaults(await control.faults(), await control.time()));
}

/** On demand: most calls need no YAML. */
async function readNamedScenario(file: string) {
  return (await import('./scenario.ts')).readScenario(file);
}

async function play(
  scenario: Awaited<ReturnType<typeof readNamedScenario>>,
  { system, stateFolder }: { readonly system: SystemFile; readonly stateFolder: string },
  write: (text: string) => void,
): Promise<void> {
  const [{ playScenario }, { loadJobs }] = await Promise.all([
    import('./play-scenario.ts'),
    import('../jobs/load-jobs.ts'),
  ]);
  if (system.jobs_file === undefined)
    throw new Error('the running system has no jobs file; restart it to play a scenario');
  if (scenario.jobs !== undefined && scenario.jobs !== system.jobs_file)
    throw new Error(
      `the scenario is for ${scenario.jobs}, and the running system has ${system.jobs_file}: start one with --scenario, or with --jobs ${scenario.jobs}`,
    );
  const { jobs } = await loadJobs(system.jobs_file, { ledger: 'given' });
  await playScenario(scenario, { system, stateFolder, jobs, say: (text) => write(`${text}\n`) });
}

function describeFaults(faults: readonly ActiveFault[], { now, rate }: RegionTime): string {
  const width = Math.max(0, ...faults.map(({ fault }) => fault.length));
  const rows = faults.map(({ id, fault, left }) => {
    const until = left === undefined ? 'until it is undone' : left === 1 ? 'once more' : `${left} times more`;
    return `${String(id).padStart(3)}  ${fault.padEnd(width)}  ${until}\n`;
  });
  const speed = rate === 1 ? '' : `, ${rate} times as fast`;
  return `${rows.join('') || 'no faults are active\n'}clock ${now.toISOString()}${speed}\n`;
}
