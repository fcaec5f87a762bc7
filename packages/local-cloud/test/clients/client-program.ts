import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LocalCloud, startLocalCloud } from '../../src/cloud/local-cloud.ts';
import type { Account } from '../../src/cloud/operation.ts';
import { ACCOUNT } from '../cloud/caller.ts';

/** An account with temporary keys, as the command huaweicloud-local-cloud makes them. */
export const TEMPORARY = { ...ACCOUNT, accessKey: 'AK2', secretKey: 'SK2', securityToken: 'TOKEN2' };

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Defines tests that run an installed program. Where it is not installed they are skipped, and their title says so. */
export function describeClient(program: string, title: string, define: () => void): void {
  const { error } = spawnSync(program, ['version'], { stdio: 'ignore' });
  if (error === undefined) describe(title, define);
  else describe.skip(`${title} (skipped: ${program} is not installed, see .ci/run)`, define);
}

/** Runs a program with nothing of the caller's environment but PATH: its proxies and keys are not those of the test. */
export async function runProgram(
  program: string,
  args: readonly string[],
  home: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const environment = { PATH: process.env.PATH ?? '', HOME: home, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...env };
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd: home, env: environment, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

export interface ClientStage {
  /** A folder for the client's files, which is also its home. */
  readonly home: string;
  readonly cloud: LocalCloud;
  close(): Promise<void>;
}

/** A local cloud with the buckets `inbox` and `kept`, which has versions, for one permanent and one temporary key. */
export async function startStage(): Promise<ClientStage> {
  const home = await mkdtemp(path.join(tmpdir(), 'obs-client-'));
  const accounts: readonly Account[] = [ACCOUNT, TEMPORARY];
  const buckets = [{ name: 'inbox' }, { name: 'kept', versioning: true }];
  const cloud = await startLocalCloud({ accounts, obs: { buckets } });
  const close = async () => {
    await cloud.close();
    await rm(home, { recursive: true });
  };
  return { home, cloud, close };
}
