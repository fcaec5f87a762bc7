import type { CommandContext } from '../command-line.ts';
import { choosePlace } from '../place.ts';
import { UsageError } from '../usage-error.ts';
import { openDeployedRoute } from './deployed-route.ts';
import { openAccountRoute, openLocalRoute } from './local-routes.ts';
import type { InvokeRoute, RouteOptions } from './route.ts';

/**
 * Chooses where the function runs: deployed, for `--cloud`; else on this machine, against the local system if it is running, even if there
 * are keys, so that nothing real is created by mistake; else against the cloud, with the keys in the environment.
 *
 * @throws {UsageError} for contradictory options @throws {ConfigError} if none of these is available
 */
export async function chooseRoute(options: RouteOptions, context: CommandContext): Promise<InvokeRoute> {
  const { jobs, local, cloud, async: isAsync, name, stage } = options;
  const { env, cwd } = context;
  if (local && cloud) throw new UsageError('--local and --cloud cannot be combined');
  const named = jobs === undefined ? {} : { jobs };
  if (cloud) {
    return openDeployedRoute(await choosePlace({ ...named, cloud }, env, cwd), options, context);
  }
  if (isAsync || name !== undefined || stage !== undefined) {
    throw new UsageError('--async, --name and --stage apply to deployed functions: add --cloud');
  }
  const here = await choosePlace({ ...named, local: true }, env, cwd);
  if (here.system || local) return openLocalRoute(here, context);
  return openAccountRoute(await choosePlace({ ...named, cloud: true }, env, cwd), context);
}
