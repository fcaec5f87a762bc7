import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Clock } from '../../src/cloud/clock.ts';
import { FunctionHost, type FunctionSettings, type LogLine } from '../../src/functiongraph/function-host.ts';

const CODE = `
let initialized = 0;
let loads = 0;
exports.initializer = (context, callback) => { initialized += 1; callback(null, ''); };
exports.brokenInitializer = (context, callback) => callback(new Error('no settings'));
exports.asyncInitializer = async () => 'never calls back';
exports.echo = async (event) => { event.seen = true; return event; };
exports.count = async () => ({ initialized, loads: ++loads });
exports.context = async (event, context) => ({
  requestId: context.getRequestID(), remaining: context.getRemainingTimeInMilliSeconds(), memory: context.getMemorySize(),
  project: context.getProjectID(), name: context.getFunctionName(),
  keys: [context.getSecurityAccessKey(), context.getSecuritySecretKey(), context.getSecurityToken()],
  old: [context.getAccessKey(), context.getSecretKey()],
  userData: [context.getUserData('COLOR'), context.getUserData('toString') === undefined],
});
exports.environment = async () => ({ env: Object.keys(process.env).sort(), color: process.env.COLOR ?? null, cwd: process.cwd() === require('path').dirname(__dirname) });
exports.outside = async () => { try { require('esbuild'); return 'found'; } catch { return 'nothing'; } };
exports.fails = async () => { throw new TypeError('bad event'); };
exports.hangs = async () => { console.log('before'); await new Promise((resolve) => setTimeout(resolve, 60000)); };
exports.exits = async () => { process.stdout.write('last words'); process.exit(3); };
exports.promise = (event) => Promise.resolve('lost');
exports.callback = (event, context, callback) => { setTimeout(() => callback(null, { done: event.n }), 5); };
exports.callbackError = (event, context, callback) => callback(new RangeError('no'));
exports.logs = async (event, context) => {
  const log = context.getLogger();
  log.debug('hidden'); log.info('count %d', 3); log.setLevel('DEBUG'); log.debug('shown');
  console.log('plain'); console.error('to stderr'); process.stdout.write('no line end');
};
exports.large = async (event) => 'x'.repeat(event.bytes);
exports.nothing = async () => undefined;
exports.steps = async () => { for (const step of ['one', 'two', 'three']) { console.log(step); await null; } return 'done'; };
exports.remaining = async (event, context) => context.getRemainingTimeInMilliSeconds();
exports.dates = async (event, context) => {
  const before = new Date(0);
  context.getLogger().info('here');
  return {
    now: Date.now(), made: new Date().getTime(), told: Date().slice(11, 15), copied: new Date(before).getTime(), utc: Date.UTC(2026, 0, 1),
    same: before instanceof Date && before.constructor === Date && new (class extends Date {})() instanceof Date,
    untouched: Date.toString().includes('native code') && !require('util').types.isProxy(Date),
    remaining: context.getRemainingTimeInMilliSeconds(),
  };
};
exports.pid = async () => { await new Promise((resolve) => setTimeout(resolve, 50)); return process.pid; };
`;

let codeFolder: string;
let hosts: FunctionHost[] = [];
let log: LogLine[] = [];

beforeAll(async () => {
  codeFolder = await mkdtemp(path.join(tmpdir(), 'function-code-'));
  await writeFile(path.join(codeFolder, 'index.js'), CODE);
});

afterEach(async () => {
  await Promise.all(hosts.map((host) => host.close()));
  hosts = [];
  log = [];
});

afterAll(() => rm(codeFolder, { recursive: true }));

async function startHost(settings: Partial<FunctionSettings>, idleMs?: number, clock?: Clock): Promise<FunctionHost> {
  const host = await FunctionHost.start([{ name: 'probe', codeFolder, timeoutSeconds: 20, ...settings }], {
    projectId: 'project-1',
    credentials: { accessKey: 'AK', secretKey: 'SK', securityToken: 'TOKEN' },
    onLog: (line) => log.push(line),
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(clock && { clock }),
  });
  hosts.push(host);
  return host;
}

async function run(handler: string, event: unknown = {}, settings: Partial<FunctionSettings> = {}) {
  const host = await startHost({ handler: `index.${handler}`, ...settings });
  return host.invoke('probe', JSON.stringify(event), 'request-1');
}

function lines(stream: LogLine['stream']): string[] {
  return log.filter((line) => line.stream === stream).map((line) => line.line);
}

describe('FunctionHost', () => {
  it('passes a copy of the event to the handler, and returns its result as JSON', async () => {
    expect(await run('echo', { a: 1 })).toMatchObject({
      ok: true,
      requestId: 'request-1',
      payload: '{"a":1,"seen":true}',
    });
  });

  it('returns an empty payload when the handler returns nothing', async () => {
    expect(await run('nothing')).toMatchObject({ ok: true, payload: '' });
  });

  it('provides the documented context', async () => {
    const result = await run('context', {}, { userData: { COLOR: 'red' }, memoryMb: 256 });

    const { remaining, ...rest } = JSON.parse(result.payload);
    expect(rest).toEqual({
      requestId: 'request-1',
      memory: '256',
      project: 'project-1',
      name: 'probe',
      keys: ['AK', 'SK', 'TOKEN'],
      old: ['', ''],
      userData: ['red', true],
    });
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(20_000);
  });

  it("keeps user data and this machine's variables out of the environment, and runs in the parent of the code folder", async () => {
    const result = await run('environment', {}, { userData: { COLOR: 'red' } });

    expect(JSON.parse(result.payload)).toEqual({
      env: [
        'PATH',
        'RUNTIME_CODE_ROOT',
        'RUNTIME_CPU',
        'RUNTIME_FUNC_NAME',
        'RUNTIME_FUNC_VERSION',
        'RUNTIME_HANDLER',
        'RUNTIME_INITIALIZER_HANDLER',
        'RUNTIME_INITIALIZER_TIMEOUT',
        'RUNTIME_LOG_DIR',
        'RUNTIME_MAX_RESP_BODY_SIZE',
        'RUNTIME_MEMORY',
        'RUNTIME_PACKAGE',
        'RUNTIME_PROJECT_ID',
        'RUNTIME_ROOT',
        'RUNTIME_TIMEOUT',
      ],
      color: null,
      cwd: true,
    });
  });

  it('does not let the code find packages outside its own folder', async () => {
    expect(await run('outside')).toMatchObject({ payload: '"nothing"' });
  });

  it('runs the initializer once per instance, before the first event', async () => {
    const host = await startHost({ handler: 'index.count', initializer: 'index.initializer' });

    const first = await host.invoke('probe', '{}');
    const second = await host.invoke('probe', '{}');

    expect([first.payload, second.payload]).toEqual(['{"initialized":1,"loads":1}', '{"initialized":1,"loads":2}']);
  });

  it('retries a failing initializer on three more instances, then fails the request', async () => {
    const result = await run('echo', {}, { initializer: 'index.brokenInitializer' });

    expect(result).toMatchObject({ ok: false, cause: 'initialization_failed', errorMessage: 'no settings' });
    expect(lines('stderr').filter((line) => line === 'Error: no settings')).toHaveLength(4);
  });

  it('does not treat the return of an async initializer as its callback', async () => {
    const settings = { initializer: 'index.asyncInitializer', initializerTimeoutSeconds: 0.1 };

    expect(await run('echo', {}, settings)).toMatchObject({
      ok: false,
      cause: 'initialization_failed',
      errorMessage: 'initialize: timed out after 0.1 s',
    });
  });

  it('reports what a handler throws as errorMessage and errorType', async () => {
    expect(await run('fails')).toMatchObject({
      ok: false,
      cause: 'code_error',
      payload: '{"errorMessage":"bad event","errorType":"TypeError"}',
    });
  });

  it('reports a missing export', async () => {
    expect(await run('missing')).toMatchObject({
      cause: 'load_failed',
      errorMessage: 'the code exports no function "missing"',
    });
  });

  it('kills an instance on timeout, and starts another for the next event', async () => {
    const host = await startHost({ handler: 'index.hangs', timeoutSeconds: 0.3 });

    const result = await host.invoke('probe', '{}');

    expect(result).toMatchObject({ ok: false, cause: 'timed_out', errorMessage: 'invoke: timed out after 0.3 s' });
    expect(lines('stdout')).toEqual(['before']);
    expect(host.instanceCount('probe')).toBe(0);
    expect(await host.invoke('probe', '{}')).toMatchObject({ cause: 'timed_out' });
  });

  it('reports a process that exits, with its last output', async () => {
    expect(await run('exits')).toMatchObject({
      ok: false,
      cause: 'code_error',
      errorMessage: 'invoke: the process of the function exited with code 3',
    });
    expect(lines('stdout')).toEqual(['last words']);
  });

  it('does not await the promise of a handler that is not an async function', async () => {
    expect(await run('promise')).toMatchObject({ ok: true, payload: '{}' });
    expect(lines('stdout').join()).toContain('is not awaited');
  });

  it('supports the callback of a handler that is not an async function', async () => {
    expect(await run('callback', { n: 7 })).toMatchObject({ ok: true, payload: '{"done":7}' });
    expect(await run('callbackError')).toMatchObject({ ok: false, errorMessage: 'no', errorType: 'RangeError' });
  });

  it('passes on output with the request ID, between the Start and the Finish line', async () => {
    await run('logs');

    expect(log.every((line) => line.requestId === 'request-1' && line.functionName === 'probe')).toBe(true);
    const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/;
    expect(lines('stdout').map((line) => line.replace(stamp, 'TIME'))).toEqual([
      'TIME request-1 INFO count 3',
      'TIME request-1 DEBUG shown',
      'plain',
      'no line end',
    ]);
    expect(lines('stderr')).toEqual(['to stderr']);
    expect(log[0]?.line).toBe("Start invoke request 'request-1', version: latest");
    expect(log.at(-1)?.line).toMatch(
      /^Finish invoke request 'request-1', duration: [\d.]+ms, billing duration: \d+ms, memory used: [\d.]+MB$/,
    );
  });

  it('allows a response of at most 6 MB', async () => {
    const host = await startHost({ handler: 'index.large' });

    expect(await host.invoke('probe', '{"bytes":6291454}')).toMatchObject({ ok: true });
    expect(await host.invoke('probe', '{"bytes":6291455}')).toMatchObject({ ok: false, errorType: 'ResponseTooLarge' });
  });

  it('refuses an event of more than 6 MB', async () => {
    const host = await startHost({ handler: 'index.nothing' });

    expect(await host.invoke('probe', JSON.stringify('x'.repeat(6_291_454)))).toMatchObject({ ok: true });
    await expect(host.invoke('probe', JSON.stringify('x'.repeat(6_291_455)))).rejects.toThrow(
      'invoke probe: the event has 6291457 bytes; the limit is 6291456',
    );
  });

  it('runs one request at a time in an instance, and no more instances than allowed', async () => {
    const host = await startHost({ handler: 'index.pid', maxInstances: 2 });

    const results = await Promise.all([1, 2, 3, 4].map(() => host.invoke('probe', '{}')));

    expect(new Set(results.map((result) => result.payload)).size).toBe(2);
    expect(host.instanceCount('probe')).toBe(2);
    const again = await Promise.all([5, 6].map(() => host.invoke('probe', '{}')));
    expect(new Set(again.map((result) => result.payload)).size).toBe(2);
  });

  it('removes an instance that is idle for too long', async () => {
    const host = await startHost({ handler: 'index.nothing' }, 20);
    await host.invoke('probe', '{}');

    while (host.instanceCount('probe') > 0) await new Promise((resolve) => setTimeout(resolve, 10));

    expect(await host.invoke('probe', '{}')).toMatchObject({ ok: true });
  });

  it('fails requests in progress when it is closed, and refuses later ones', async () => {
    const host = await startHost({ handler: 'index.hangs' });
    const running = host.invoke('probe', '{}');
    while (lines('stdout').length === 0) await new Promise((resolve) => setTimeout(resolve, 10));

    await host.close();

    expect(await running).toMatchObject({ ok: false });
    await expect(host.invoke('probe', '{}')).rejects.toThrow('invoke probe: the local FunctionGraph is closed');
    await expect(host.invoke('other', '{}')).rejects.toThrow('invoke other: the function does not exist');
  });
});

describe('FunctionHost with faults', () => {
  it('counts the awaits of an invocation, with the same count for the same work', async () => {
    const host = await startHost({ handler: 'index.steps' });

    const results = [];
    for (const id of ['a', 'b']) results.push(await host.invoke('probe', '{}', id, { countAwaits: true }));

    expect(results).toMatchObject([
      { ok: true, payload: '"done"', awaits: 7 },
      { ok: true, payload: '"done"', awaits: 7 },
    ]);
  });

  it('does not report awaits unless requested', async () => {
    expect(await run('steps')).not.toHaveProperty('awaits');
  });

  it.each([
    [1, ['one']],
    [2, ['one', 'two']],
    [3, ['one', 'two']],
    [4, ['one', 'two', 'three']],
    [7, ['one', 'two', 'three']],
  ])('kills the process before the continuation of await %i', async (killAtAwait, printed) => {
    const host = await startHost({ handler: 'index.steps' });

    const result = await host.invoke('probe', '{}', 'request-1', { killAtAwait });

    expect(result).toMatchObject({
      ok: false,
      cause: 'code_error',
      errorMessage: 'invoke: the process of the function was terminated by SIGKILL',
    });
    expect(lines('stdout')).toEqual(printed);
    expect(await host.invoke('probe', '{}')).toMatchObject({ ok: true, payload: '"done"' });
  });

  it('does not kill an invocation with fewer awaits, and reports their number', async () => {
    const host = await startHost({ handler: 'index.steps' });

    expect(await host.invoke('probe', '{}', 'request-1', { killAtAwait: 8 })).toMatchObject({ ok: true, awaits: 7 });
  });

  it('counts the awaits of a handler that fails', async () => {
    const host = await startHost({ handler: 'index.fails' });

    expect(await host.invoke('probe', '{}', 'request-1', { countAwaits: true })).toMatchObject({
      ok: false,
      errorType: 'TypeError',
      awaits: 4,
    });
  });

  it('applies a shorter timeout to one invocation, which the function can see', async () => {
    const told = await startHost({ handler: 'index.remaining' });
    const hangs = await startHost({ handler: 'index.hangs' });

    const { payload } = await told.invoke('probe', '{}', 'request-1', { timeoutMs: 5_000 });
    const ended = await hangs.invoke('probe', '{}', 'request-2', { timeoutMs: 300 });

    expect(Number(payload)).toBeLessThanOrEqual(5_000);
    expect(ended).toMatchObject({ ok: false, cause: 'timed_out', errorMessage: 'invoke: timed out after 0.3 s' });
  });
});

describe('a replaced function', () => {
  it('handles new requests with the new code, and finishes old ones with the old code', async () => {
    const host = await startHost({ handler: 'index.pid' });
    const settings = { name: 'probe', codeFolder, timeoutSeconds: 20 };
    await host.invoke('probe', '{}');

    const before = host.invoke('probe', '{}');
    await host.put('probe', { ...settings, handler: 'index.echo' });
    const after = host.invoke('probe', '{"a":1}');

    expect(Number((await before).payload)).toBeGreaterThan(0);
    expect(await after).toMatchObject({ ok: true, payload: '{"a":1,"seen":true}' });
    expect(host.instanceCount('probe')).toBe(1);
  });

  it('can coexist under another key, with its own version', async () => {
    const host = await startHost({ handler: 'index.echo' });
    await host.put('probe:v1', {
      name: 'probe',
      codeFolder,
      timeoutSeconds: 20,
      handler: 'index.count',
      version: 'v1',
    });

    expect(await host.invoke('probe:v1', '{}', 'request-1')).toMatchObject({ payload: '{"initialized":0,"loads":1}' });
    expect(await host.invoke('probe', '{}')).toMatchObject({ payload: '{"seen":true}' });
    expect(lines('platform')[0]).toBe("Start invoke request 'request-1', version: v1");
  });

  it('cannot be invoked after it is removed', async () => {
    const host = await startHost({ handler: 'index.echo' });

    host.remove('probe');
    host.remove('probe');

    await expect(host.invoke('probe', '{}')).rejects.toThrow('invoke probe: the function does not exist');
    expect(host.instanceCount('probe')).toBe(0);
  });
});

describe('the time of a function', () => {
  const DAYS_MS = 400 * 86_400_000;

  it("is that of the region's clock, also in an instance that was there before the clock was moved", async () => {
    const clock = new Clock();
    const host = await startHost({ handler: 'index.dates' }, undefined, clock);
    const dates = async () => JSON.parse((await host.invoke('probe', '{}')).payload);

    expect(await dates()).toMatchObject({ untouched: true });
    clock.advance(DAYS_MS);
    const before = clock.now();
    const moved = await dates();

    for (const time of [moved.now, moved.made]) {
      expect(time).toBeGreaterThanOrEqual(before);
      expect(time).toBeLessThanOrEqual(clock.now());
    }
    const year = String(new Date(before).getFullYear());
    expect(moved).toMatchObject({ untouched: false, same: true, told: year, copied: 0, utc: 1_767_225_600_000 });
    expect(moved.remaining).toBeGreaterThan(10_000);
    expect(moved.remaining).toBeLessThanOrEqual(20_000);
    expect(lines('stdout').filter((line) => line.startsWith(year))).toHaveLength(1);
  });

  it('passes at normal speed during an invocation', async () => {
    const clock = new Clock();
    clock.setRate(100);
    const host = await startHost({ handler: 'index.pid' }, undefined, clock);
    await host.invoke('probe', '{}');

    const before = clock.now();
    await host.invoke('probe', '{}');

    expect(clock.now() - before).toBeLessThan(5_000);
  });
});
