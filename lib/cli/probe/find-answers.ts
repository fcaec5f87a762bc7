import { CloudError } from '../../kernel/errors.ts';
import { endpointsOf } from './endpoints-of.ts';
import type { OpenedProbe, ProbeParts } from './make-world.ts';
import { type ProbeFile, probeFile } from './probe-file.ts';
import { Interrupted } from './probe-world.ts';
import { probeRights } from './rights.ts';
import { runProbes } from './run-probes.ts';
import { probeRuntimes } from './runtimes.ts';

/**
 * Asks everything, and removes what earlier probes left behind. The caller closes the probe.
 *
 * @param actions that the jobs need @param more what the file has besides
 * @returns `undefined` if it was interrupted
 */
export async function findAnswers(
  { world, removeLeftovers }: OpenedProbe,
  { region, settings }: ProbeParts,
  actions: readonly string[],
  more: Pick<ProbeFile, 'place' | 'as' | 'triggers'>,
): Promise<ProbeFile | undefined> {
  try {
    world.progress('removing what earlier probes left behind');
    // If the bucket can't be read, the probes say so.
    await removeLeftovers().catch(ignoreCloudError);
    const answers = await runProbes(world);
    const rights = await probeRights(world, actions);
    const runtimes = await probeRuntimes(world);
    const { responses, hasTemporaryKeys } = world;
    const endpoints = endpointsOf(responses.all(), settings);
    return probeFile({ region, hasTemporaryKeys, ...more, answers, rights, runtimes, endpoints, responses });
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  }
}

function ignoreCloudError(error: unknown): void {
  if (!(error instanceof CloudError)) throw error;
}
