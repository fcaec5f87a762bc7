// The code of the function that `npx migrations probe --as function` creates for one invocation. It is bundled into one file.
import { adaptContext, type PlatformContext } from '../../kernel/context.ts';
import { CloudError, ConfigError } from '../../kernel/errors.ts';
import { readSettings } from '../../kernel/settings.ts';
import { findAnswers } from './find-answers.ts';
import type { ProbeOrder, ProbeReport } from './function-order.ts';
import { openProbe } from './make-world.ts';

/** Enough to remove all objects. */
const CLOSE_MS = 45_000;
/** How often it looks whether it is to stop. */
const LOOK_MS = 1_000;

/** Probes with the keys of its agency, which only the context has. */
export async function handler(order: ProbeOrder, platform: PlatformContext): Promise<ProbeReport> {
  const context = adaptContext(platform);
  const keys = context.credentials();
  if (keys === undefined) return { failed: 'no_keys', isClean: true };
  const settings = readSettings((name) => context.userData(name));
  const projectId = () => settings.HUAWEICLOUD_PROJECT_ID ?? context.projectId ?? missingProject();
  const parts = { settings, region: order.region, credentials: () => keys, projectId };
  const { place, folderName, functionGraph, instanceIds, rounds } = order;
  const ignore = () => undefined;
  const ending = new AbortController();
  const opened = openProbe(parts, {
    place,
    folderName,
    functionGraph,
    instanceIds,
    ...(rounds === undefined ? {} : { rounds }),
    signal: ending.signal,
    progress: ignore,
    note: ignore,
  });
  let isStopped = false;
  const look = async () => {
    isStopped ||= await opened.isStopRequested().catch(isCloudError);
    if (isStopped) ending.abort();
  };
  const timers = [setTimeout(() => ending.abort(), context.remainingMs() - CLOSE_MS), setInterval(look, LOOK_MS)];
  let isClean = false;
  const close = async () => {
    for (const timer of timers) clearTimeout(timer);
    isClean = await opened.close().then(() => true, isCloudError);
  };
  const file = await findAnswers(opened, parts, order.actions, { place: 'cloud', as: 'function' }).finally(close);
  return file === undefined ? { failed: isStopped ? 'stopped' : 'out_of_time', isClean } : { file, isClean };
}

/** @returns false: the command removes what is left, and a failed look is repeated */
function isCloudError(error: unknown): false {
  if (error instanceof CloudError) return false;
  throw error;
}

function missingProject(): never {
  throw new ConfigError('context', [{ path: ['getProjectID'], message: 'the platform does not provide a project' }]);
}
