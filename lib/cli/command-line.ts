import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { readVariables } from '../deploy/secret-values.ts';
import { AppError, CloudError, ConfigError, formatPath, RunError } from '../kernel/errors.ts';
import { plainLines } from '../kernel/plain-text.ts';
import type { Ledger } from '../runs/ledger/ledger.ts';
import { adviceFor, adviceText } from './advice.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { choosePlace, type Place, type PlaceOptions } from './place.ts';
import { packageFolder, projectFolder } from './project-folder.ts';
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

/** A command's work; its options come as commander gives them. Whatever it throws becomes an exit code and a message. */
export type Work<Options> = (context: CommandContext, options: Options, args: readonly string[]) => Promise<ExitCode>;

/** Options that every command has. */
export interface CommonOptions extends PlaceOptions {
  readonly json?: boolean;
}

const RUNS_HERE =
  'npm start runs here, so this is about what it runs; --cloud is the cloud that the keys in the environment open';

/** A line end within a sentence: the terminal's width decides where lines of a help text end. */
const SOFT_BREAK = /(?<![.:])\n/g;

/** Adds one command. */
export interface CommandMaker {
  /** A command of that name and arguments, as `check`, or `show <job> <run>`, below the given parent. */
  command<Options extends CommonOptions>(
    parent: Command,
    usage: string,
    parts: {
      readonly summary: string;
      /** Of `--help`: what it does exactly, as sentences. */
      readonly about?: string;
      /** Of `--help`: whole command lines. */
      readonly examples: readonly string[];
      /** Does it work with a ledger or a cloud? Then it has `--local` and `--cloud`. */
      readonly hasPlace?: boolean;
      /** Adds arguments and options of its own. */
      readonly add?: (command: Command) => void;
      readonly work: Work<Options>;
    },
  ): Command;
}

export type AddCommands = (program: Command, maker: CommandMaker) => void;

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
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const maker: CommandMaker = {
    command: (parent, usage, { summary, about, examples, hasPlace, add, work }) => {
      const command = parent
        .command(usage)
        .summary(summary)
        .description(about ? `${summary}\n\n${about.replace(SOFT_BREAK, ' ')}` : summary)
        .option('--json', 'print JSON')
        .option('--jobs <file>', 'the jobs file (default: migrations.yml here or above; or what npm start runs)')
        .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
      if (!usage.includes(' ')) {
        // What is given to a command without arguments is most often a jobs file.
        command.showHelpAfterError('(add --help for what can be given; --jobs <file> names the jobs file)');
      }
      if (hasPlace) {
        command
          .option(
            '--local',
            'work with what npm start runs here (the default while it runs, or without keys in the environment)',
          )
          .option('--cloud', 'work with the cloud and its ledger, with the keys of the environment');
      }
      add?.(command);
      return command.action(async (...given: unknown[]) => {
        const options = command.opts() as Parameters<typeof work>[1];
        const terminal = makeTerminal(streams, options.json === true);
        // Commander gives the declared arguments, then the options and the command itself.
        const positional = given
          .slice(0, -2)
          .flat()
          .filter((value) => typeof value === 'string');
        try {
          const env = await readVariables(projectFolder(cwd), streams.env);
          const place = async () => {
            const chosen = await choosePlace(options, env, cwd);
            if (chosen.system && !options.local && env['HUAWEICLOUD_SDK_AK']) terminal.note(RUNS_HERE);
            return { ...chosen, openLedger: () => openAndName(chosen, terminal) };
          };
          code = await work({ terminal, env, cwd, stdin: streams.stdin, place }, options, positional);
        } catch (error) {
          code = explainFailure(error, terminal);
        }
      });
    },
  };
  for (const add of commands) add(program, maker);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // It has been said already; help and version are no fault.
    code = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  return code;
}

function ownVersion(): string {
  return JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')).version;
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
