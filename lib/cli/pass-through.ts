import type { AddCommands } from './command-line.ts';
import type { ExitCode } from './exit-code.ts';

interface Program {
  readonly summary: string;
  /** Receives all arguments, with `--help`. Prints and reports failures itself. @returns the exit code */
  readonly run: (args: readonly string[], cwd: string) => Promise<number>;
}

/** A command that is a program with options of its own, which npm scripts run too. */
export function passThrough(name: string, { summary, run }: Program): AddCommands {
  return (parent, execute) => {
    const made = parent.command(name).summary(summary).description(summary);
    made.helpOption(false).allowUnknownOption().allowExcessArguments();
    made.action(() => execute({}, async ({ cwd }) => (await run(made.args, cwd)) as ExitCode));
  };
}
