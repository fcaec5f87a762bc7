import { parseArgs } from 'node:util';
import type { Answers } from '../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { parseAssume } from '../../packages/local-cloud/src/cloud/open-questions/parse-assume.ts';
import { parseFault } from '../../packages/local-cloud/src/cloud/parse-fault.ts';
import { readRate } from './clock-rate.ts';

/** The options of `npm start`, and of `npx migrations start`. */
export interface StartOptions {
  readonly help: boolean;
  /** Exit after the demonstration. */
  readonly once: boolean;
  readonly demo: boolean;
  /** Run only deployed functions. */
  readonly empty: boolean;
  /** The port of the gateway; 0 for any free port. */
  readonly port: number;
  /** The port of the console; 0 for any free port. Absent: no console. */
  readonly consolePort?: number;
  /** Faults to activate in the local cloud, in text form. */
  readonly faults: readonly string[];
  /** How many times as fast as real time the region's clock runs. */
  readonly clock?: number;
  /** The scenario file to play, as given. */
  readonly scenario?: string;
  /** How the local cloud behaves where the documentation leaves it open. */
  readonly assume: Answers;
  /** The jobs file as given; absent: the one of this project. */
  readonly jobs?: string;
}

const DEFAULT_PORT = 4310;
const MAX_PORT = 65_535;

/** A command with options: npm needs `--` before them. */
export function withOptions(called: string): string {
  return called.startsWith('npm ') ? `${called} --` : called;
}

/** @param called how people call it: `npm start` or `npx migrations start` */
export const startHelp = (called: string) => `Usage: ${withOptions(called)} [options]

Runs the functions on this machine, with a local cloud, and demonstrates each trigger once.

Options:
  --jobs <p>   the jobs file, for example examples/backup-lands/migrations.yml (default migrations.yml)
  --port <n>   port of the local API gateway (default ${DEFAULT_PORT}; 0 for any free port); the console uses the next port
  --console-port <n>
               port of the console, the web page that shows the system (default: the port after the gateway's; 0 for any free
               port; with --once there is no console unless this option is given)
  --no-demo    start without the demonstration
  --empty      start without the built functions: only those deployed with npx serverless deploy --stage local run
  --once       exit after the demonstration: exit code 0 if all its tasks ended as the jobs file specifies, else 1
  --fault <f>  let something go wrong in the local cloud, for example CreateMigrationTask=reply_lost or task=hang,at=40; may be repeated
               (npx migrations fault --help lists the faults, and does the same to a running system)
  --clock <n>  let the region's clock run n times as fast, 1 to 100, while no function and no call is under way; tasks then take as
               long as documented
  --scenario <file>
               instead of the demonstration, play a scenario, for example examples/scenarios/stuck-import.yml
  --assume <a> behave so where the documentation leaves it open: question=behavior, for example dcs-list-lag=within-settle, or a
               probe.json (docs/open-questions.md); may be repeated
  --help       show this help
`;

/** The command line is invalid. */
export class StartOptionsError extends Error {
  override readonly name = 'StartOptionsError';
}

/** Reads the command line. @throws {StartOptionsError} for an unknown option, an invalid port, or contradictory options */
export function readStartOptions(args: readonly string[]): StartOptions {
  const {
    help,
    once,
    'no-demo': noDemo,
    empty,
    port,
    'console-port': consolePort,
    jobs,
    fault = [],
    clock,
    scenario: scenarios = [],
    assume = [],
  } = parseFlags(args);
  const [scenario, another] = scenarios;
  if (another !== undefined)
    throw new StartOptionsError(
      '--scenario can be given once: npx migrations fault --scenario plays another afterwards',
    );
  if (once && noDemo)
    throw new StartOptionsError('--once and --no-demo cannot be combined: --once exits after the demonstration');
  if (scenario !== undefined && (once || empty))
    throw new StartOptionsError(
      `--scenario and ${once ? '--once' : '--empty'} cannot be combined: a scenario plays on the built functions, and needs no demonstration`,
    );
  if (once && empty) throw new StartOptionsError('--once and --empty cannot be combined: --empty has no demonstration');
  const gatewayPort = readPort('--port', port) ?? DEFAULT_PORT;
  return {
    help: help ?? false,
    once: once ?? false,
    demo: !noDemo && !empty && scenario === undefined,
    empty: empty ?? false,
    port: gatewayPort,
    ...consolePortOf(readPort('--console-port', consolePort), gatewayPort, once ?? false),
    faults: fault.map((text) => read('--fault', () => parseFault(text)) && text),
    ...(clock === undefined ? {} : { clock: read('--clock', () => readRate(clock)) }),
    ...(scenario === undefined ? {} : { scenario }),
    assume: read('--assume', () => parseAssume(assume)),
    ...(jobs === undefined ? {} : { jobs }),
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean' },
        once: { type: 'boolean' },
        'no-demo': { type: 'boolean' },
        empty: { type: 'boolean' },
        port: { type: 'string' },
        'console-port': { type: 'string' },
        jobs: { type: 'string' },
        fault: { type: 'string', multiple: true },
        clock: { type: 'string' },
        scenario: { type: 'string', multiple: true },
        assume: { type: 'string', multiple: true },
      },
    }).values;
  } catch (cause) {
    throw new StartOptionsError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function read<T>(option: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new StartOptionsError(`${option}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The port after the gateway's, so that two systems do not collide. Any free port if the gateway has any; the default if there is no next port. */
function consolePortOf(
  given: number | undefined,
  gatewayPort: number,
  once: boolean,
): Pick<StartOptions, 'consolePort'> {
  if (given !== undefined) return { consolePort: given };
  if (once) return {};
  if (gatewayPort === 0) return { consolePort: 0 };
  return { consolePort: (gatewayPort === MAX_PORT ? DEFAULT_PORT : gatewayPort) + 1 };
}

function readPort(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= MAX_PORT)) throw new StartOptionsError(`${flag} ${text}: must be a number from 0 to ${MAX_PORT}`);
  return port;
}
