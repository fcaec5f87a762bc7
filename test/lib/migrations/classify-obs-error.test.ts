import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudError } from '../../../lib/kernel/errors.ts';
import { classifyObsError, OBS_ERRORS } from '../../../lib/migrations/classify-obs-error.ts';
import { obsRefusal } from '../../fakes/fake-obs.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/backup-files.md'), 'utf8');

describe('an error of OBS', () => {
  it.each([
    [404, 'NoSuchKey', { is: 'temporary', code: 'file_missing', message: '"a.rdb" is not in bucket backups' }],
    [403, 'SignatureDoesNotMatch', { is: 'temporary', code: 'keys_refused' }],
    [403, 'InvalidAccessKeyId', { is: 'temporary', code: 'keys_refused' }],
    [403, 'RequestTimeTooSkewed', { is: 'temporary', code: 'keys_refused' }],
    [400, 'ExpiredToken', { is: 'temporary', code: 'keys_refused' }],
    [403, 'FrozenUserId', { is: 'unknown' }],
    [404, 'NoSuchBucket', { is: 'final', about: 'bucket', message: 'bucket backups was not found' }],
    [301, 'PermanentRedirect', { is: 'final', about: 'bucket', message: 'bucket backups is not in this region' }],
    [307, 'TemporaryRedirect', { is: 'final', about: 'bucket' }],
    [302, undefined, { is: 'final', about: 'bucket' }],
    [403, 'InvalidObjectState', { is: 'final', about: 'object' }],
    [403, 'ObjectNotRestored', { is: 'final', about: 'object' }],
    [403, 'AccessDenied', { is: 'unknown', message: 'it does not exist, or this function may not read it' }],
    [403, undefined, { is: 'unknown' }],
    [404, undefined, { is: 'unknown' }],
    [400, 'InvalidRequest', { is: 'unknown' }],
    [503, 'SlowDown', { is: 'unavailable' }],
    [500, 'InternalError', { is: 'unavailable' }],
    // Of Object.prototype, and not of the table.
    [403, 'constructor', { is: 'unknown' }],
  ] as const)('%s %s says of an import: %j', (status, code, verdict) => {
    expect(classifyObsError(obsRefusal(status, code), 'backups', 'a.rdb')).toMatchObject(verdict);
  });

  it('without a response proves nothing: DCS has its own access to the file', () => {
    const error = new CloudError({
      service: 'OBS',
      operation: 'GetObject',
      outcome: 'not_sent',
      temporary: true,
      cloudCode: 'ENOTFOUND',
    });

    expect(classifyObsError(error, 'backups', 'a.rdb')).toMatchObject({ is: 'unknown' });
  });

  it('proves nothing if the invocation ran out of time: the run waits, and is checked later', () => {
    const error = new CloudError({
      service: 'OBS',
      operation: 'GetObject',
      outcome: 'not_sent',
      temporary: true,
      cloudCode: 'out_of_time',
    });

    expect(classifyObsError(error, 'backups', 'a.rdb')).toMatchObject({ is: 'unavailable' });
  });

  it('has its row in docs/backup-files.md', () => {
    const told = [...OBS_ERRORS];
    const rows = PAGE.split('\n').filter((line) => line.startsWith('| `'));

    expect(
      told.filter(
        ([code, { is }]) => !rows.some((row) => row.startsWith(`| \`${code}\``) && row.includes(`| ${is}: `)),
      ),
    ).toEqual([]);
  });
});
