import { createRequire } from 'node:module';
import { onlyUsedOperations } from '../../../lib/build/replace-unused.ts';
import { ClientBuilder } from '../../../lib/build/stand-ins/client-builder.ts';
import { DefaultHttpClient } from '../../../lib/build/stand-ins/default-http-client.ts';
import { IamService } from '../../../lib/build/stand-ins/iam-service.ts';
import { configure, getLogger } from '../../../lib/build/stand-ins/log4js.ts';
import { Logger4jInstance } from '../../../lib/build/stand-ins/silent-logger.ts';
import { ReadableStream } from '../../../lib/build/stand-ins/web-streams.ts';
import { OBS_OPERATIONS } from '../../../lib/cloud/obs/obs-client.ts';

const tableOf = createRequire(require.resolve('esdk-obs-nodejs'));

describe('a stand-in', () => {
  it.each([
    ['DefaultHttpClient', () => new DefaultHttpClient()],
    ['IamService', () => new IamService()],
    ['ClientBuilder', () => new ClientBuilder()],
    ['log4js', () => configure()],
    ['log4js', () => getLogger()],
    ['node:stream/web', () => new ReadableStream()],
  ])('for %s throws an explanatory error if used', (name, use) => {
    expect(use).toThrow(`${name} is not in this bundle`);
  });

  it("for the SDK's logger logs nothing", () => {
    const log = jest.spyOn(process.stdout, 'write');
    Logger4jInstance.error();
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });
});

describe('onlyUsedOperations', () => {
  it.each([
    ['obsModel', tableOf('./obsModel.js')],
    ['v2Model', tableOf('./v2Model.js')],
  ])('keeps only the rows of the called operations in %s, unchanged', (_, table) => {
    const kept = onlyUsedOperations(table);

    const called = Object.keys(OBS_OPERATIONS).map((name) => name[0]?.toUpperCase() + name.slice(1));
    expect(Object.keys(kept).filter((name) => !name.endsWith('Output'))).toEqual(called);
    for (const [name, row] of Object.entries(kept)) expect([name, row]).toEqual([name, table[name]]);
    expect(JSON.parse(JSON.stringify(kept))).toStrictEqual(kept);
    for (const name of called) expect([name, kept[`${name}Output`]]).toEqual([name, table[`${name}Output`]]);
    expect(kept).not.toHaveProperty('DeleteBucket');
  });
});
