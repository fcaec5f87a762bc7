import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';

const MAX_OUTPUT = 64 * 1024 * 1024;

export interface FrameworkEnd {
  readonly ok: boolean;
  readonly stdout: string;
  /** What it says to people. */
  readonly stderr: string;
}

/** Runs a command of the Serverless Framework, which alone can resolve the variables of `serverless.yml`. */
export function runFramework(args: readonly string[], folder: string, env: NodeJS.ProcessEnv): Promise<FrameworkEnd> {
  const program = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  const options = { cwd: folder, env, maxBuffer: MAX_OUTPUT };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      resolve({ ok: !error, stdout: stdout || (error ? error.message : ''), stderr });
    });
  });
}
