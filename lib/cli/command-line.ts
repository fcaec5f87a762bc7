import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { ROOT } from '../build/package-root.ts';
import { readVariables } from '../deploy/secret-values.ts';
import { AppError, CloudError, ConfigError, formatPath, RunError } from '../kernel/errors.ts';
import { plainLines } from '../kernel/plain-text.ts';
import type { Ledger } from '../runs/ledger/ledger.ts';
import { adviceFor, adviceText } from './advice.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { choosePlace, type Place, type PlaceOptions } from './place.ts';
import { projectFolder } from './project-folder.ts';
import { makeTerminal, type Streams, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** The variables of the process and, for what it lacks, of the project's `.env`. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** What is piped in. */
  readonly stdin: NodeJS.ReadStream;
  /** The cloud and ledger that the options name. @throws {UsageError|ConfigError} */
  place(): Promise<Place>;
}

/** Options that every command has, or that mean the same wherever they are. */
export interface CommonOptions extends PlaceOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

const RUNS_HERE =
  'npm start runs here, so this is about what it runs; --cloud is the cloud that the keys in the environment open';

/** A line end within a sentence: the terminal's width decides where lines of a help text end. */
const SOFT_BREAK = /(?<![.:])\n/g;

interface CommandParts<Options> {
  readonly summary: string;
  /** Of `--help`: what it does exactly, as sentences. */
  readonly about?: string;
  /** Of `--help`: whole command lines. */
  readonly examples: readonly string[];
  /** Does it work with a ledger or a cloud? Then it has `--local` and `--cloud`. */
  readonly hasPlace?: boolean;
  /** Adds arguments and options of its own. */
  readonly add?: (command: Command) => void;
  /** Gets options and arguments as commander gives them. Whatever it throws becomes an exit code and a message. */
  readonly work: (context: CommandContext, options: Options, args: readonly string[]) => Promise<ExitCode>;
}

type CarryOut = (options: CommonOptions, work: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

/** Adds a command, or several, below the given one. */
export type AddCommands = (parent: Command, carryOut: CarryOut) => void;

/** A command of that name and arguments, as `check`, or `show <job> <run>`. */
export function command<Own = object>(usage: string, parts: CommandParts<CommonOptions & Own>): AddCommands {
  const { summary, about, examples, hasPlace, add, work } = parts;
  return (parent, carryOut) => {
    const made = parent
      .command(usage)
      .summary(summary)
      .description(about ? `${summary}\n\n${about.replace(SOFT_BREAK, ' ')}` : summary)
      .option('--json', 'print JSON')
      .option('--jobs <file>', 'the jobs file (default: migrations.yml here or above; or what npm start runs)')
      .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
    if (!usage.includes(' ')) {
      // What is given to a command without arguments is most often a jobs file.
      made.showHelpAfterError('(add --help for what can be given; --jobs <file> names the jobs file)');
    }
    if (hasPlace) {
      made
        .option(
          '--local',
          'work with what npm start runs here (the default while it runs, or without keys in the environment)',
        )
        .option('--cloud', 'work with the cloud and its ledger, with the keys of the environment');
    }
    add?.(made);
    made.action(() => {
      const options = made.opts<CommonOptions & Own>();
      return carryOut(options, (context) => work(context, options, made.args));
    });
  };
}

/**
 * Runs one command line.
 *
 * @param commands each adds its commands
 */
export async function runCommandLine(
  args: readonly string[],
  commands: readonly AddCommands[],
  streams: Streams,
  cwd: string,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = new Command('migrations')
    .description('Checks, explains, tries and mends migrations that start by themselves.')
    .showHelpAfterError('(add --help for what can be given)')
    .helpCommand(false)
    .version(ownVersion(), '--version', 'print the version of this software')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(plainLines(text)),
      getOutHelpWidth: () => widthOf(streams.stdout),
      getErrHelpWidth: () => widthOf(streams.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const carryOut: CarryOut = async (options, work) => {
    const terminal = makeTerminal(streams, options.json === true);
    try {
      const env = await readVariables(projectFolder(cwd), streams.env);
      const place = async () => {
        const chosen = await choosePlace(options, env, cwd);
        if (chosen.system && !options.local && env['HUAWEICLOUD_SDK_AK']) terminal.note(RUNS_HERE);
        return { ...chosen, openLedger: () => openAndName(chosen, terminal) };
      };
      code = await work({ terminal, env, cwd, stdin: streams.stdin, place });
    } catch (error) {
      code = explainFailure(error, terminal);
    }
  };
  for (const add of commands) add(program, carryOut);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // It has been said already; help and version are no fault.
    code = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  return code;
}

/** Of a help text: without a terminal 80, as commander has it. */
function widthOf({ isTTY, columns }: NodeJS.WriteStream): number {
  return isTTY ? columns : 80;
}

function ownVersion(): string {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
}

/** Whoever looks at runs, or decides about them, has to know whose they are. */
async function openAndName(place: Place, terminal: Terminal): Promise<Ledger> {
  const ledger = await place.openLedger();
  terminal.aside(`ledger: ${await place.ledgerName()}`);
  return ledger;
}

function explainFailure(error: unknown, terminal: Terminal): ExitCode {
  // A fault of our own comes with its stack: it has to be reported.
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
