import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { OBS_OPERATIONS } from '../cloud/obs/obs-client.ts';
import { EDITS, edited } from './edit-packages.ts';
import { ROOT } from './package-root.ts';

const STAND_INS = join(ROOT, 'lib/build/stand-ins');
const require = createRequire(import.meta.url);

/** Package files that the SDKs load, but that our calls do not use or use only one function of, and their replacements. */
const REPLACED: Readonly<Record<string, string>> = {
  '@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient.js': 'default-http-client.ts',
  '@huaweicloud/huaweicloud-sdk-core/internal/services/iam.service.js': 'iam-service.ts',
  '@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js': 'client-builder.ts',
  '@huaweicloud/huaweicloud-sdk-core/logger/log4jLogger.js': 'silent-logger.ts',
  'log4js/lib/log4js.js': 'log4js.ts',
  'lodash/lodash.js': 'sort-by.ts',
  'moment/moment.js': 'signing-time.ts',
};

/** Two tables that describe the request and response of each OBS operation. */
const OBS_TABLES = /node_modules\/esdk-obs-nodejs\/lib\/(obsModel|v2Model)\.js$/;

/** Checks for authors of jobs files; a function's jobs file was checked when it was built. */
const AUTHORING_CHECKS = /\/lib\/jobs\/(repair-keys|job-warnings)\.ts$/;

/**
 * Replaces code that bundles would contain but never use by small stand-ins. A stand-in throws an explanatory error if it is used after all.
 *
 * Signing, credentials, request building and exceptions remain those of the official SDK.
 */
export const replaceUnused: Plugin = {
  name: 'replace-unused',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^node:stream\/web$/ }, ({ importer }) =>
      importer.includes('/node_modules/@middy/core/') ? { path: join(STAND_INS, 'web-streams.ts') } : undefined,
    );
    for (const [file, standIn] of Object.entries(REPLACED)) {
      const filter = new RegExp(`node_modules/${file.replaceAll('.', '\\.')}$`);
      onLoad({ filter }, async () => ({ contents: await readFile(join(STAND_INS, standIn), 'utf8'), loader: 'ts' }));
    }
    for (const file of Object.keys(EDITS)) {
      const filter = new RegExp(`node_modules/${file.replaceAll('.', '\\.')}$`);
      onLoad({ filter }, async ({ path }) => ({ contents: edited(file, await readFile(path, 'utf8')), loader: 'js' }));
    }
    onLoad({ filter: AUTHORING_CHECKS }, async ({ path }) => ({
      contents: await readFile(join(STAND_INS, basename(path)), 'utf8'),
      loader: 'ts',
    }));
    onLoad({ filter: OBS_TABLES }, ({ path }) => ({
      contents: JSON.stringify(onlyUsedOperations(require(path))),
      loader: 'json',
    }));
  },
};

/** The rows of the operations that `lib/cloud/obs/obs-client.ts` calls, under their names in the OBS SDK. */
export function onlyUsedOperations(table: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const rows = Object.keys(OBS_OPERATIONS)
    .map((name) => `${name[0]?.toUpperCase()}${name.slice(1)}`)
    .flatMap((name) => [name, `${name}Output`]);
  return Object.fromEntries(rows.filter((row) => row in table).map((row) => [row, table[row]]));
}
