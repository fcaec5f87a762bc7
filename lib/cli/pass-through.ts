import type { AddCommands } from './command-line.ts';
import type { ExitCode } from './exit-code.ts';

interface Program {
  readonly summary: string;
  /** The text of `--help`. */
  readonly help: string;
  /** Receives all arguments. Prints and reports failures itself. @returns the exit code */
  readonly run: (args: readonly string[], cwd: string) => Promise<number>;
}

/** A command that is a program with options of its own, which npm scripts run too. */
export function passThrough(name: string, { summary, help, run }: Program): AddCommands {
  return (parent, execute) => {
    const made = parent.command(name).summary(summary);
    made.helpInformation = () => help;
    made.allowUnknownOption().allowExcessArguments();
    made.action(() => execute({}, async ({ cwd }) => (await run(made.args, cwd)) as ExitCode));
  };
}
