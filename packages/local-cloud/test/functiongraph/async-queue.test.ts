import { Clock } from '../../src/cloud/clock.ts';
import {
  type AsyncPolicy,
  AsyncQueue,
  type AsyncQueueOptions,
  type FailureReport,
} from '../../src/functiongraph/async-queue.ts';
import { type InvocationResult, makeFailure } from '../../src/functiongraph/invocation.ts';

function codeError(requestId: string): InvocationResult {
  return makeFailure({ requestId, cause: 'code_error', errorMessage: 'no', errorType: 'Error', memoryBytes: 1 });
}

function success(requestId: string, payload = '{}'): InvocationResult {
  return { requestId, ok: true, payload, memoryBytes: 1 };
}

function startQueue(
  policy: AsyncPolicy | undefined,
  respond: (requestId: string, attempt: number) => InvocationResult,
  more: Partial<AsyncQueueOptions> = {},
) {
  const events: string[] = [];
  const requestIds: string[] = [];
  const payloads: string[] = [];
  const reports: FailureReport[] = [];
  const queue = new AsyncQueue({
    invoke: async (_name, event, requestId) => {
      events.push(event);
      requestIds.push(requestId);
      return respond(requestId, events.length);
    },
    policyOf: () => policy,
    functionUrn: (name) => `urn:fss:r:p:function:default:${name}:latest`,
    onAttempt: (_name, _event, result) => payloads.push(result.payload),
    onFailure: (_name, report) => reports.push(report),
    clock: () => new Clock(),
    retryDelayMs: 1,
    ...more,
  });
  return { queue, events, requestIds, payloads, reports };
}

describe('AsyncQueue', () => {
  it.each([
    ['no policy', undefined, 1],
    ['a policy that sets nothing', {}, 2],
    ['a policy of 0', { retryAttempts: 0 }, 1],
    ['a policy of 3', { retryAttempts: 3 }, 4],
  ])('with %s retries a failing event as often as documented', async (_name, policy, attempts) => {
    const { queue, events, reports } = startQueue(policy, codeError);

    queue.enqueue('probe', { a: 1 });
    await queue.idle();

    expect(events).toEqual(Array(attempts).fill('{"a":1}'));
    expect(reports).toHaveLength(1);
  });

  it('stops at the first success and reports no failure', async () => {
    const { queue, requestIds, reports } = startQueue({ retryAttempts: 3 }, (id, attempt) =>
      attempt === 2 ? success(id) : codeError(id),
    );

    const requestId = queue.enqueue('probe', {});
    await queue.idle();

    expect(requestIds).toEqual([requestId, requestId]);
    expect(reports).toEqual([]);
  });

  it('delivers the documented report after the last attempt', async () => {
    const clock = new Clock({ frozenAt: Date.parse('2026-03-14T02:20:37Z') });
    const nextAttempt = (id: string) => {
      setImmediate(() => clock.advance(1_000));
      return codeError(id);
    };
    const { queue, reports } = startQueue({ retryAttempts: 1 }, nextAttempt, { clock: () => clock });

    const requestId = queue.enqueue('probe', { a: 1 });
    await queue.idle();

    expect(reports).toEqual([
      {
        timestamp: '2026-03-14T02:20:38.000Z',
        request_context: {
          request_id: requestId,
          function_urn: 'urn:fss:r:p:function:default:probe:latest',
          condition: 'code_error',
          approximate_invoke_count: 2,
        },
        request_payload: '{"a":1}',
        response_context: { status_code: 200, function_error: 'no' },
        response_payload: '{"errorMessage":"no","errorType":"Error"}',
      },
    ]);
  });

  it('accepts an event of 256 KB and refuses one byte more', async () => {
    const { queue } = startQueue(undefined, (id) => success(id));

    expect(queue.enqueue('probe', 'x'.repeat(262_142))).toMatch(/^[0-9a-f-]{36}$/);
    expect(() => queue.enqueue('probe', 'x'.repeat(262_143))).toThrow(
      'invoke probe asynchronously: the event has 262145 bytes; the limit is 262144',
    );
    await queue.idle();
  });

  it('replaces a return value of more than 256 KB with an empty one', async () => {
    const { queue, payloads } = startQueue(undefined, (id, attempt) =>
      success(id, 'x'.repeat(attempt === 1 ? 262_144 : 262_145)),
    );

    queue.enqueue('probe', {});
    await queue.idle();
    queue.enqueue('probe', {});
    await queue.idle();

    expect(payloads.map((payload) => payload.length)).toEqual([262_144, 0]);
  });

  it('starts no attempt after it was closed', async () => {
    const { queue, events } = startQueue({ retryAttempts: 3 }, (id) => {
      void queue.close();
      return codeError(id);
    });

    queue.enqueue('probe', {});
    await queue.idle();

    expect(events).toHaveLength(1);
  });
});

describe('AsyncQueue with faults', () => {
  it('delivers an event twice, with a request ID for each', async () => {
    const { queue, events, requestIds } = startQueue(undefined, (id) => success(id), { deliver: () => [{}, {}] });

    const requestId = queue.enqueue('probe', { a: 1 });
    await queue.idle();

    expect(events).toEqual(['{"a":1}', '{"a":1}']);
    expect(requestIds[0]).toBe(requestId);
    expect(requestIds[1]).not.toBe(requestId);
  });

  it('reorders events with delays', async () => {
    const { queue, events } = startQueue(undefined, (id) => success(id), {
      deliver: (_name, event) => [{ delayMs: event === 'first' ? 20 : 0 }],
    });

    queue.enqueue('probe', 'first');
    queue.enqueue('probe', 'second');
    await queue.idle();

    expect(events).toEqual(['"second"', '"first"']);
  });

  it('loses an event before it reaches the function', async () => {
    const { queue, events } = startQueue(undefined, (id) => success(id), { deliver: () => [] });

    queue.enqueue('probe', {});
    await queue.idle();

    expect(events).toEqual([]);
  });

  it('applies the faults of a delivery only to its first attempt', async () => {
    const faults: unknown[] = [];
    const { queue } = startQueue({ retryAttempts: 1 }, codeError, {
      deliver: () => [{ faults: { killAtAwait: 7 } }],
      invoke: async (_name, _event, requestId, given) => {
        faults.push(given);
        return codeError(requestId);
      },
    });

    queue.enqueue('probe', {});
    await queue.idle();

    expect(faults).toEqual([{ killAtAwait: 7 }, {}]);
  });

  it('holds deliveries, and releases them all in the given order', async () => {
    const { queue, events } = startQueue(undefined, (id) => success(id));
    queue.hold();
    for (const event of ['a', 'b', 'c']) queue.enqueue('probe', event);
    await queue.idle();
    expect(events).toEqual([]);

    queue.release((held) => held.toReversed());
    queue.enqueue('probe', 'd');
    await queue.idle();

    expect(events).toEqual(['"c"', '"b"', '"a"', '"d"']);
  });

  it('does not retry an event that is too old, and reports it', async () => {
    const clock = new Clock({ frozenAt: 0 });
    const { queue, events, reports } = startQueue(
      { retryAttempts: 3, maxAgeSeconds: 60 },
      (id) => {
        clock.advance(59_000);
        setImmediate(() => clock.advance(1));
        return codeError(id);
      },
      { clock: () => clock },
    );

    queue.enqueue('probe', {});
    await queue.idle();

    expect(events).toHaveLength(2);
    expect(reports).toMatchObject([{ request_context: { approximate_invoke_count: 2 } }]);
  });

  it.each([
    [{ retryAttempts: 4 }, 'retryAttempts must be 0 to 3, got 4'],
    [{ retryAttempts: -1 }, 'retryAttempts must be 0 to 3, got -1'],
    [{ maxAgeSeconds: 86_401 }, 'maxAgeSeconds must be 1 to 86400, got 86401'],
    [{ maxAgeSeconds: 0 }, 'maxAgeSeconds must be 1 to 86400, got 0'],
  ])('refuses a policy outside the documented limits: %j', (policy, message) => {
    const { queue } = startQueue(policy, codeError);

    expect(() => queue.enqueue('probe', {})).toThrow(message);
  });
});
