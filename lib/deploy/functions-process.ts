// Runs functions in the local FunctionGraph: reads the request of `run-functions.ts`, and writes logs and results, one JSON value per line.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import { FunctionHost } from '../../packages/local-cloud/src/functiongraph/function-host.ts';
import { buildFunctions } from '../build/build-functions.ts';
import { messageOf } from '../kernel/errors.ts';
import type { FunctionRun } from './run-functions.ts';

const send = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

const {
  functions,
  code,
  projectId,
  keys,
  clockOffsetMs = 0,
  invocations,
}: FunctionRun = JSON.parse(await text(process.stdin));
const built = 'jobsFile' in code ? await mkdtemp(join(tmpdir(), 'functions-')) : undefined;
try {
  if (built && 'jobsFile' in code) {
    const names = functions.map(({ name }) => name);
    await buildFunctions({ jobsFile: code.jobsFile, names, out: built, ledger: 'given' });
  }
  const folder = built ?? ('folder' in code ? code.folder : '');
  const settings = functions.map((own) => ({
    ...own,
    codeFolder: join(folder, own.name),
    initializer: 'index.initializer',
  }));
  const clock = new Clock();
  clock.advance(Math.max(0, clockOffsetMs));
  const host = await FunctionHost.start(settings, {
    projectId,
    credentials: keys,
    clock,
    onLog: ({ line }) => send({ log: line }),
  });
  try {
    for (const { name, event } of invocations) {
      const { requestId, ok, payload } = await host.invoke(name, JSON.stringify(event));
      send({ end: { requestId, ok, payload } });
    }
  } finally {
    await host.close();
  }
} catch (error) {
  send({ refused: messageOf(error) });
  process.exitCode = 1;
} finally {
  if (built) await rm(built, { recursive: true, force: true });
}
