import { parseArgs } from 'node:util';
import type { Fault } from '../../packages/local-cloud/src/cloud/faults.ts';
import { parseFault } from '../../packages/local-cloud/src/cloud/parse-fault.ts';

/** What `npm start` was asked for. */
export interface StartOptions {
  readonly help: boolean;
  /** End after the demonstration. */
  readonly once: boolean;
  readonly demo: boolean;
  /** Nothing runs but what is deployed. */
  readonly empty: boolean;
  /** Of the gateway; 0 takes any free one. */
  readonly port: number;
  /** Of the console; 0 takes any free one. Absent: there is none. */
  readonly consolePort?: number;
  /** What is to go wrong in the local cloud. */
  readonly faults: readonly Fault[];
  /** The jobs file as it was named; absent: that of this project. */
  readonly jobs?: string;
}

const DEFAULT_PORT = 4310;
const LAST_PORT = 65_535;

export const START_HELP = `npm start -- [options]

Runs the functions on this machine, with a local cloud, and shows each trigger once.

  --jobs <p>   another jobs file, as examples/backup-lands/migrations.yml (default migrations.yml)
  --port <n>   port of the local API gateway (default ${DEFAULT_PORT}; 0 takes any free one). The console has the next one
  --console-port <n>
               port of the console, the page that shows it all, where it is not to be the next after the gateway's (0 takes any
               free one; with --once there is no console unless it is asked for)
  --no-demo    start without the demonstration
  --empty      start without the built functions: nothing runs but what npx serverless deploy --stage local puts up
  --once       end after the demonstration: exit code 0 if all its tasks came to the end that the jobs file wants, else 1
  --fault <f>  let calls to the local cloud fail, as CreateMigrationTask=reply_lost; may be given more than once
               (npm run fault -- --help lists the kinds, and does the same to a system that runs)
  --help       this text
`;

/** The command line can't be understood. */
export class StartOptionsError extends Error {
  override readonly name = 'StartOptionsError';
}

/** Reads the command line. @throws {StartOptionsError} an unknown flag, a value that is no port, or flags that contradict each other */
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
  } = parseFlags(args);
  if (once && noDemo)
    throw new StartOptionsError('--once ends after the demonstration, and --no-demo leaves it out: give one of them');
  if (once && empty)
    throw new StartOptionsError('--once ends after the demonstration, and --empty has none: give one of them');
  const gatewayPort = readPort('--port', port) ?? DEFAULT_PORT;
  return {
    help: help ?? false,
    once: once ?? false,
    demo: !noDemo && !empty,
    empty: empty ?? false,
    port: gatewayPort,
    ...consolePortOf(readPort('--console-port', consolePort), gatewayPort, once ?? false),
    faults: fault.map(readFault),
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
      },
    }).values;
  } catch (cause) {
    throw new StartOptionsError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readFault(text: string): Fault {
  try {
    return parseFault(text);
  } catch (cause) {
    throw new StartOptionsError(`--fault: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The next after the gateway's, so that two systems do not meet there. Any free one for 0, and the usual one where there is no next. */
function consolePortOf(
  given: number | undefined,
  gatewayPort: number,
  once: boolean,
): Pick<StartOptions, 'consolePort'> {
  if (given !== undefined) return { consolePort: given };
  if (once) return {};
  if (gatewayPort === 0) return { consolePort: 0 };
  return { consolePort: (gatewayPort === LAST_PORT ? DEFAULT_PORT : gatewayPort) + 1 };
}

function readPort(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= LAST_PORT)) throw new StartOptionsError(`${flag} ${text}: expected a number from 0 to ${LAST_PORT}`);
  return port;
}
