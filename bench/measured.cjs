// Measures one handler in its own process: `node measured.cjs <module> <workload file> <result file>`, both JSON. It loads nothing that a handler
// would have to load itself, so it uses files instead of pipes.
const { readFileSync, writeFileSync } = require('node:fs');

const [, , module_, workload, result] = process.argv;

async function main() {
  const { userData, event, from, invocations, concurrency, warmUp, remainingMs } = JSON.parse(
    readFileSync(workload, 'utf8'),
  );
  const requests = {};
  const found = { requests };
  const before = memory();
  const load = measured();
  const { handler, initializer } = require(module_);
  found.load = load();
  found.loadMb = { rss: memory().rss - before.rss, heap: memory().heap - before.heap };
  if (!event) return found;

  require('node:diagnostics_channel').subscribe('http.client.request.start', ({ request }) => {
    const host = String(request.getHeader('host'));
    requests[host] = (requests[host] ?? 0) + 1;
  });
  let next = from;
  const initialize = measured();
  await new Promise((resolve) => initializer(contextOf(), resolve));
  found.initialize = initialize();
  const invoke = () => {
    const text = JSON.stringify(event)
      .replaceAll('#', String(next))
      .replaceAll('@', String(next % 100));
    next += 1;
    return handler(JSON.parse(text), contextOf());
  };
  const first = measured();
  found.response = await invoke();
  found.first = first();
  if (invocations) {
    for (let i = 0; i < warmUp; i++) await invoke();
    await settle();
    found.memoryBefore = memory();
    for (const key of Object.keys(requests)) requests[key] = 0;
    const times = [];
    let left = invocations;
    const work = async () => {
      while (left-- > 0) {
        const started = process.hrtime.bigint();
        await invoke();
        times.push(Number(process.hrtime.bigint() - started) / 1e6);
      }
    };
    const warm = measured();
    await Promise.all(Array.from({ length: concurrency ?? 1 }, work));
    const { ms, cpuMs } = warm();
    times.sort((a, b) => a - b);
    const at = (share) => times[Math.ceil(times.length * share) - 1];
    found.warm = { p50: at(0.5), p99: at(0.99), cpuMs: cpuMs / invocations, perSecond: (invocations / ms) * 1000 };
    await settle();
    found.memoryAfter = memory();
  }
  return found;

  function contextOf() {
    const started = Date.now();
    return {
      getRequestID: () => `request-${next}`,
      getRemainingTimeInMilliSeconds: () => remainingMs - (Date.now() - started),
      getUserData: (name) => userData[name],
      getProjectID: () => '0123456789abcdef0123456789abcdef',
      getSecurityAccessKey: () => 'AK-1',
      getSecuritySecretKey: () => 'SK-secret-1',
      getSecurityToken: () => 'TOKEN-secret-1',
    };
  }
}

function measured() {
  const started = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { ms: Number(process.hrtime.bigint() - started) / 1e6, cpuMs: (user + system) / 1000 };
  };
}

/** MB in use. */
function memory() {
  const { rss, heapUsed } = process.memoryUsage();
  return { rss: rss / 1024 / 1024, heap: heapUsed / 1024 / 1024 };
}

/** As a process flag, --expose-gc would make Node.js compile its own modules, which otherwise load in a third of the time. */
function gc() {
  require('node:v8').setFlagsFromString('--expose-gc');
  require('node:vm').runInNewContext('gc')();
}

async function settle() {
  await new Promise((resolve) => setTimeout(resolve, 50));
  gc();
}

main().then(
  (found) => {
    writeFileSync(result, JSON.stringify(found));
    process.exit(0);
  },
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
