import { Command, CommanderError } from 'commander';
import { ownVersion } from '../build/package-root.ts';
import { START_COMMAND } from '../build/start-command.ts';
import { readVariables } from '../deploy/secret-values.ts';
import { adviceFor, adviceText } from '../kernel/advice.ts';
import { AppError, CloudError, ConfigError, formatPath, RunError } from '../kernel/errors.ts';
import { plainLines } from '../kernel/plain-text.ts';
import type { Ledger } from '../runs/ledger/ledger.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { choosePlace, type Place, type PlaceOptions } from './place.ts';
import { projectFolder } from './project-folder.ts';
import { makeTerminal, type Streams, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** What a command has access to. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** The environment variables of the process; those it lacks come from the project's `.env`. */
  readonly env: NodeJS.ProcessEnv;
  /** The environment variables of the process alone, for another program. */
  readonly ownEnv: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Piped input. */
  readonly stdin: NodeJS.ReadStream;
  /** The cloud and ledger that the options select. @throws {UsageError|ConfigError} */
  place(): Promise<Place>;
}

/** Options that every command has, or that mean the same in every command that has them. */
export interface CommonOptions extends PlaceOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

const RUNS_HERE = `${START_COMMAND} is running here, so this applies to the local system; use --cloud for the cloud account of the keys in the environment`;

/** A line break within a sentence. Help texts are wrapped to the width of the terminal. */
const SOFT_BREAK = /(?<![.:])\n/g;

interface CommandParts<Options> {
  readonly summary: string;
  /** For `--help`: exactly what the command does, in sentences. */
  readonly about?: string;
  /** For `--help`: complete command lines. */
  readonly examples: readonly string[];
  /** Does it use a ledger or a cloud? If so, it has `--local` and `--cloud`. */
  readonly hasPlace?: boolean;
  /** Does it take another jobs file with `--jobs`? @default true */
  readonly hasJobs?: boolean;
  /** Adds arguments and options of its own. */
  readonly add?: (command: Command) => void;
  /** Receives options and arguments as parsed by commander. Anything it throws becomes an exit code and a message. */
  readonly work: (context: CommandContext, options: Options, args: readonly string[]) => Promise<ExitCode>;
}

type Execute = (options: CommonOptions, work: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

/** Adds one or more commands below the given one. */
export type AddCommands = (parent: Command, execute: Execute) => void;

/** Defines a command by its name and arguments, for example `check` or `show <job> <run>`. */
export function command<Own = object>(usage: string, parts: CommandParts<CommonOptions & Own>): AddCommands {
  const { summary, about, examples, hasPlace, hasJobs = true, add, work } = parts;
  return (parent, execute) => {
    const made = parent
      .command(usage)
      .summary(summary)
      .description(about ? `${summary}\n\n${about.replace(SOFT_BREAK, ' ')}` : summary)
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
    if (hasJobs) {
      made.option(
        '--jobs <file>',
        `the jobs file (default: the one ${START_COMMAND} is running with, else migrations.yml in this folder or above)`,
      );
    }
    if (hasJobs && !usage.includes(' ')) {
      // An argument given to a command that takes none is usually a jobs file.
      made.showHelpAfterError('(add --help for usage; use --jobs <file> for the jobs file)');
    }
    if (hasPlace) {
      made
        .option(
          '--local',
          `use the local system of ${START_COMMAND} (default while it is running, or without keys in the environment)`,
        )
        .option('--cloud', 'use the cloud and its ledger, with the keys in the environment');
    }
    add?.(made);
    made.action(() => {
      const options = made.opts<CommonOptions & Own>();
      return execute(options, (context) => work(context, options, made.args));
    });
  };
}

/**
 * Runs one command line.
 *
 * @param commands each adds one or more commands
 */
export async function runCommandLine(
  args: readonly string[],
  commands: readonly AddCommands[],
  streams: Streams,
  cwd: string,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = new Command('migrations')
    .description('Check, explain, test and repair event-driven migrations.')
    .showHelpAfterError('(add --help for usage)')
    .helpCommand(false)
    .version(ownVersion(), '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(plainLines(text)),
      getOutHelpWidth: () => widthOf(streams.stdout),
      getErrHelpWidth: () => widthOf(streams.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const execute: Execute = async (options, work) => {
    const terminal = makeTerminal(streams, options.json === true);
    try {
      const env = await readVariables(projectFolder(cwd), streams.env);
      const place = async () => {
        const chosen = await choosePlace(options, env, cwd);
        if (chosen.system && !options.local && env['HUAWEICLOUD_SDK_AK']) terminal.note(RUNS_HERE);
        return { ...chosen, openLedger: () => openAndName(chosen, terminal) };
      };
      code = await work({ terminal, env, ownEnv: streams.env, cwd, stdin: streams.stdin, place });
    } catch (error) {
      code = reportFailure(error, terminal);
    }
  };
  for (const add of commands) add(program, execute);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has already printed the message. --help and --version are not errors.
    code = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  return code;
}

/** The width of help texts: 80 without a terminal, as in commander. */
function widthOf({ isTTY, columns }: NodeJS.WriteStream): number {
  return isTTY ? columns : 80;
}

/** Names the ledger: people who view or change runs must know which ledger they are in. */
async function openAndName(place: Place, terminal: Terminal): Promise<Ledger> {
  const ledger = await place.openLedger();
  terminal.aside(`ledger: ${await place.ledgerName()}`);
  return ledger;
}

function reportFailure(error: unknown, terminal: Terminal): ExitCode {
  // Anything else is a bug: show its stack so that it can be reported.
  if (!(error instanceof AppError)) throw error;
  const problems = error instanceof ConfigError || error instanceof RunError ? error.problems : [];
  if (terminal.json) {
    const listed = problems.map(({ path, message, line }) => ({ path: formatPath(path), message, line }));
    const { code, message } = error;
    terminal.result({ error: { code, message, ...(listed.length > 0 ? { problems: listed } : {}) } }, () => []);
  } else {
    terminal.note(`${terminal.paint('bad', 'error')} ${error.message}`);
    const advice = error instanceof CloudError ? adviceFor(error) : undefined;
    if (advice) terminal.note(adviceText(advice));
  }
  return error instanceof UsageError ? EXIT.usage : EXIT.unable;
}
