// The program of the bin: runs a region without functions until it is stopped.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Answers } from './cloud/open-questions/open-questions.ts';
import { parseAssume } from './cloud/open-questions/parse-assume.ts';
import { DOMAIN_NAME, type LocalRegion, startLocalRegion, USER_NAME } from './local-region.ts';

const HELP = `huaweicloud-local-cloud [options]

Runs a region of Huawei Cloud on this machine, with one account, until it is stopped with Ctrl-C or SIGTERM. Prints its endpoints,
the account's keys and its user as NAME=value.

  --port <n>          port of DCS, SMS, ECS, SMN, CSMS, CES, IAM and FunctionGraph (default: any free port)
  --obs-port <n>      port of OBS (default: any free port)
  --gateway-port <n>  port of the API gateway (default: any free port)
  --region <name>     name of the region (default: ap-southeast-3)
  --bucket <name>     bucket to create; repeatable
  --state <folder>    folder to store buckets, tasks and functions in (default: not stored)
  --assume <q=b>      behave so where the documentation leaves it open: question=behavior (docs/open-questions.md), or a
                      probe.json; repeatable
  --help              show this help
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      'obs-port': { type: 'string', default: '0' },
      'gateway-port': { type: 'string', default: '0' },
      region: { type: 'string', default: 'ap-southeast-3' },
      bucket: { type: 'string', multiple: true, default: [] },
      state: { type: 'string' },
      assume: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const ended = endSignal();
  const stateFolder = values.state ?? (await mkdtemp(path.join(tmpdir(), 'local-cloud-')));
  try {
    const region = await startLocalRegion({
      region: values.region,
      stateFolder: path.resolve(stateFolder),
      gatewayPort: readPort('gateway-port', values['gateway-port']),
      obsPort: readPort('obs-port', values['obs-port']),
      buckets: values.bucket,
      assume: readAssume(values.assume),
      seed: () => ({ port: readPort('port', values.port) }),
      makeOwn: () => undefined,
      onEvent: (event) => {
        if (event.kind === 'trouble') process.stderr.write(`${describe(event.error)}\n`);
      },
      onLog: () => undefined,
    });
    process.stdout.write(overview(region));
    await ended;
    await region.close();
  } finally {
    if (values.state === undefined) await rm(stateFolder, { recursive: true, force: true });
  }
}

function overview({ cloud, gateway, keys, projectId, bucketsFolder }: LocalRegion<undefined>): string {
  const lines = {
    LOCAL_CLOUD_URL: cloud.url,
    LOCAL_CLOUD_OBS_URL: cloud.obsUrl,
    LOCAL_CLOUD_GATEWAY_URL: gateway.url,
    LOCAL_CLOUD_TOKEN: keys.token,
    LOCAL_CLOUD_BUCKETS: bucketsFolder,
    LOCAL_CLOUD_ACCOUNT: DOMAIN_NAME,
    LOCAL_CLOUD_USER: USER_NAME,
    LOCAL_CLOUD_PASSWORD: keys.password,
    HUAWEICLOUD_SDK_AK: keys.accessKey,
    HUAWEICLOUD_SDK_SK: keys.secretKey,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: keys.securityToken,
    HUAWEICLOUD_SDK_PROJECT_ID: projectId,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** @throws {Error} */
function readAssume(values: readonly string[]): Answers {
  try {
    return parseAssume(values);
  } catch (cause) {
    throw new Error(`--assume: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** @throws {Error} */
function readPort(option: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Error(`--${option} ${text}: must be a port from 0 to 65535`);
}

/** Resolves at the first Ctrl-C or SIGTERM; further signals are ignored. */
function endSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGINT', resolve);
    process.on('SIGTERM', resolve);
  });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`huaweicloud-local-cloud: ${describe(error)}\n`);
  process.exitCode = 1;
}
