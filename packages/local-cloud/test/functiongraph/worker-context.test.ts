import type { InstanceFacts } from '../../src/functiongraph/protocol.ts';
import { FunctionContext } from '../../src/functiongraph/worker-context.ts';

const FACTS: InstanceFacts = {
  functionName: 'schedule',
  version: 'latest',
  package: 'default',
  alias: '',
  projectId: 'p1',
  memoryMb: 256,
  cpuNumber: 1,
  timeoutSeconds: 3,
  accessKey: 'AK',
  secretKey: 'SK',
  securityToken: 'TOKEN',
  userData: { COLOR: 'red' },
};

function makeContext() {
  const clock = { ms: Date.parse('2026-03-14T02:15:00Z') };
  const lines: string[] = [];
  const context = new FunctionContext(
    FACTS,
    { requestId: 'r1', timeoutMs: 3000 },
    { now: () => clock.ms, print: (line) => lines.push(line) },
  );
  return { context, clock, lines };
}

describe('FunctionContext', () => {
  it('counts the remaining time down, below zero', () => {
    const { context, clock } = makeContext();

    expect(context.getRemainingTimeInMilliSeconds()).toBe(3000);
    clock.ms += 3001;
    expect(context.getRemainingTimeInMilliSeconds()).toBe(-1);
    expect(context.getRunningTimeInSeconds()).toBe(3);
  });

  it('returns strings where the platform does', () => {
    const { context } = makeContext();

    expect([context.getMemorySize(), context.getCPUNumber(), context.getVersion(), context.getPackage()]).toEqual([
      '256',
      '1',
      'latest',
      'default',
    ]);
    expect([context.getToken(), context.getAlias(), context.getWorkflowID(), context.getWorkflowRunID()]).toEqual([
      '',
      '',
      '',
      '',
    ]);
    expect(context.getWorkflowStateID()).toBe('');
  });

  it('has only the given user data', () => {
    const { context } = makeContext();

    expect([context.getUserData('COLOR'), context.getUserData('color'), context.getUserData('constructor')]).toEqual([
      'red',
      undefined,
      undefined,
    ]);
  });
});

describe('the logger of the context', () => {
  it.each([
    ['DEBUG', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
    ['WARN', ['WARN', 'ERROR']],
    ['verbose', ['INFO', 'WARN', 'ERROR']],
  ])('after setLevel(%s) writes %j', (level, written) => {
    const { context, lines } = makeContext();
    const log = context.getLogger();

    log.setLevel(level);
    log.debug('x');
    log.info('x');
    log.warn('x');
    log.error('x');

    expect(lines).toEqual(written.map((name) => `2026-03-14T02:15:00.000Z r1 ${name} x`));
  });

  it('splits messages into pieces of 90 KiB, without splitting characters', () => {
    const { context, lines } = makeContext();

    context.getLogger().info('x'.repeat(92_160));
    context.getLogger().info(`${'x'.repeat(92_159)}é`);

    expect(lines.map((line) => line.replace('2026-03-14T02:15:00.000Z r1 INFO ', '').length)).toEqual([
      92_160, 92_159, 1,
    ]);
  });
});
