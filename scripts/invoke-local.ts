// Runs one function in the local FunctionGraph: reads what `lib/deploy/invoke-locally.ts` asks for, writes the result and, to stderr, the log.
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { FunctionHost } from '../lib/local/functiongraph/function-host.ts';

const { projectId, keys, event, ...settings } = JSON.parse(await text(process.stdin));
const host = await FunctionHost.start([{ ...settings, initializer: 'index.initializer' }], {
  projectId,
  credentials: keys,
  onLog: ({ line }) => process.stderr.write(`${line}\n`),
});
try {
  const result = await host.invoke(settings.name, JSON.stringify(event), randomUUID());
  process.stdout.write(`${result.payload}\n`);
  if (!result.ok) process.exitCode = 1;
} finally {
  await host.close();
}
