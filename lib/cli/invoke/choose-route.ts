import type { CommandContext } from '../command-line.ts';
import { choosePlace } from '../place.ts';
import { UsageError } from '../usage-error.ts';
import { openDeployedRoute } from './deployed-route.ts';
import { openAccountRoute, openLocalRoute } from './local-routes.ts';
import type { InvokeRoute, RouteOptions } from './route.ts';

/**
 * Chooses the way: the deployed functions for `--cloud`; else this machine, against the local system when one runs here, whatever keys there
 * are, so that nothing real is created by mistake; else against the cloud, with the keys of the environment.
 *
 * @throws {UsageError} for options that contradict each other @throws {ConfigError} when there is none of it
 */
export async function chooseRoute(options: RouteOptions, context: CommandContext): Promise<InvokeRoute> {
  const { jobs, local, cloud, async: isAsync, name, stage } = options;
  const { env, cwd } = context;
  if (local && cloud) throw new UsageError('--local and --cloud: give one of them');
  const named = jobs === undefined ? {} : { jobs };
  if (cloud) {
    return openDeployedRoute(await choosePlace({ ...named, cloud }, env, cwd), options, context);
  }
  if (isAsync || name !== undefined || stage !== undefined) {
    throw new UsageError('--async, --name and --stage are about deployed functions: give --cloud too');
  }
  const here = await choosePlace({ ...named, local: true }, env, cwd);
  if (here.system || local) return openLocalRoute(here, context);
  return openAccountRoute(await choosePlace({ ...named, cloud: true }, env, cwd), context);
}
