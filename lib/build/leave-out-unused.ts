import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { OBS_OPERATIONS } from '../cloud/obs/obs-client.ts';
import { ROOT } from './package-root.ts';

const STAND_INS = join(ROOT, 'lib/build/stand-ins');
const require = createRequire(import.meta.url);

/** Files of packages that the SDKs load and our calls never use, or of which they use one function; and what goes into a bundle instead. */
const REPLACED: Readonly<Record<string, string>> = {
  '@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient.js': 'default-http-client.ts',
  '@huaweicloud/huaweicloud-sdk-core/internal/services/iam.service.js': 'iam-service.ts',
  '@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js': 'client-builder.ts',
  '@huaweicloud/huaweicloud-sdk-core/logger/log4jLogger.js': 'silent-logger.ts',
  'log4js/lib/log4js.js': 'log4js.ts',
  'lodash/lodash.js': 'sort-by.ts',
  'moment/moment.js': 'signing-time.ts',
};

/** Two tables that say for each operation of OBS what its request and answer look like. */
const OBS_TABLES = /node_modules\/esdk-obs-nodejs\/lib\/(obsModel|v2Model)\.js$/;

/** What helps whoever writes a jobs file: that of a function was looked at when it was built. */
const FOR_WRITERS = /\/lib\/jobs\/(repair-keys|job-warnings)\.ts$/;

/**
 * Puts small stand-ins in place of what bundles carry and never use. A stand-in throws, and says so, when it is used after all.
 *
 * Signing, credentials, building of requests and exceptions stay the official SDK's.
 */
export const leaveOutUnused: Plugin = {
  name: 'leave-out-unused',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^node:stream\/web$/ }, ({ importer }) =>
      importer.includes('/node_modules/@middy/core/') ? { path: join(STAND_INS, 'web-streams.ts') } : undefined,
    );
    for (const [file, standIn] of Object.entries(REPLACED)) {
      const filter = new RegExp(`node_modules/${file.replaceAll('.', '\\.')}$`);
      onLoad({ filter }, async () => ({ contents: await readFile(join(STAND_INS, standIn), 'utf8'), loader: 'ts' }));
    }
    onLoad({ filter: FOR_WRITERS }, async ({ path }) => ({
      contents: await readFile(join(STAND_INS, basename(path)), 'utf8'),
      loader: 'ts',
    }));
    onLoad({ filter: OBS_TABLES }, ({ path }) => ({
      contents: JSON.stringify(onlyUsedOperations(require(path))),
      loader: 'json',
    }));
  },
};

/** The rows of the operations that `lib/cloud/obs/obs-client.ts` calls, under the names that the OBS SDK has for them. */
export function onlyUsedOperations(table: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const rows = Object.keys(OBS_OPERATIONS)
    .map((name) => `${name[0]?.toUpperCase()}${name.slice(1)}`)
    .flatMap((name) => [name, `${name}Output`]);
  return Object.fromEntries(rows.filter((row) => row in table).map((row) => [row, table[row]]));
}
