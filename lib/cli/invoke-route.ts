import type { CommandContext, CommonOptions } from './command-line.ts';
import { openDeployedRoute } from './deployed-route.ts';
import { openAccountRoute, openLocalRoute } from './local-routes.ts';
import { choosePlace } from './place.ts';
import { UsageError } from './usage-error.ts';

/** What came of one invocation. */
export interface Answer {
  readonly requestId: string;
  /** `accepted`: it runs by itself, and nothing is known of it yet. */
  readonly state: 'done' | 'failed' | 'accepted';
  /** JSON text of what the function returned or failed with; empty when there is nothing. */
  readonly payload: string;
}

export interface Call {
  /** One of ours: `backup-landed`. */
  readonly functionName: string;
  readonly event: unknown;
  /** Of a deployed function, where it is known already; else serverless.yml says it. */
  readonly deployedName?: string;
}

/** A way to functions. */
export interface InvokeRoute {
  /** `local`: here, against what `npm start` runs. `cloud`: here, against the cloud. `deployed`: those that are deployed. */
  readonly kind: 'local' | 'cloud' | 'deployed';
  /** For people. */
  readonly where: string;
  /** Can it create what costs money? Nothing can that runs on this machine. */
  readonly isReal: boolean;
  /** Is what was rejected answered from a ledger when its event comes again? */
  readonly hasLedger: boolean;
  /**
   * Invokes one after the other.
   *
   * @throws {AppError} when one can't be invoked; those before it were
   */
  invoke(calls: readonly Call[]): Promise<readonly Answer[]>;
}

export interface RouteOptions extends CommonOptions {
  readonly async?: boolean;
  readonly name?: string;
  readonly stage?: string;
}

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
