import type { GatewayRequest } from '../events/gateway-event.ts';
import { RequestRefused } from './problem.ts';

/** What a caller asks for. */
export interface StartRun {
  readonly job: string;
}

const JOB_RUNS = /^\/jobs\/([^/]+)\/runs$/;

/**
 * Finds what a request asks for: `POST [base path]/jobs/{job}/runs`.
 *
 * @throws {RequestRefused} 404 for another path, 405 with `Allow` for another method
 */
export function routeOf({ method, path }: GatewayRequest, basePath: string): StartRun {
  const rest = path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : '';
  const job = JOB_RUNS.exec(rest)?.[1];
  if (!job)
    throw new RequestRefused({
      status: 404,
      code: 'no_such_path',
      title: 'Not found',
      detail: 'there is nothing at this path',
    });
  if (method !== 'POST') {
    const detail = 'start a run with POST';
    throw new RequestRefused({
      status: 405,
      code: 'method',
      title: 'Method not allowed',
      detail,
      headers: { allow: 'POST' },
    });
  }
  return { job };
}
