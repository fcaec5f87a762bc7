import { randomUUID } from 'node:crypto';
import type { Clock } from '../src/cloud/clock.ts';
import type { FunctionRunner } from '../src/cloud/functiongraph/deps.ts';
import { urnOf } from '../src/cloud/functiongraph/functions.ts';
import { InvocationHistory } from '../src/cloud/functiongraph/invocation-history.ts';

/** Pretends to run functions: each returns 1 at once. Asynchronous requests keep waiting. */
export function makeSampleRunner(clock: Clock): FunctionRunner {
  const history = new InvocationHistory();
  return {
    history,
    deploy: async () => undefined,
    invoke: async (record, { version }) => {
      const run = { urn: urnOf(record, version), startedAt: clock.now(), durationMs: 5, memoryMb: 64 };
      history.addRun({ ...run, outcome: 'ok' });
      return { ok: true, payload: '1', log: [] };
    },
    invokeLater: (record, { version }) => {
      const requestId = randomUUID();
      const request = { urn: urnOf(record, version), requestId, startedAt: clock.now(), endedAt: undefined };
      history.setAsync({ ...request, status: 'WAIT', errorMessage: '' });
      return requestId;
    },
  };
}
