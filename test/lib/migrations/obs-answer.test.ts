import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudError } from '../../../lib/kernel/errors.ts';
import { judgeObsAnswer, OBS_ANSWERS } from '../../../lib/migrations/obs-answer.ts';
import { obsRefusal } from '../../fakes/fake-obs.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/backup-files.md'), 'utf8');

describe('an answer of OBS', () => {
  it.each([
    [404, 'NoSuchKey', { is: 'passing', code: 'file_missing', message: '"a.rdb" is not in bucket backups' }],
    [403, 'SignatureDoesNotMatch', { is: 'passing', code: 'keys_refused' }],
    [403, 'InvalidAccessKeyId', { is: 'passing', code: 'keys_refused' }],
    [403, 'RequestTimeTooSkewed', { is: 'passing', code: 'keys_refused' }],
    [400, 'ExpiredToken', { is: 'passing', code: 'keys_refused' }],
    [403, 'FrozenUserId', { is: 'untold' }],
    [404, 'NoSuchBucket', { is: 'final', about: 'bucket', message: 'there is no bucket backups' }],
    [301, 'PermanentRedirect', { is: 'final', about: 'bucket', message: 'bucket backups is not in this region' }],
    [307, 'TemporaryRedirect', { is: 'final', about: 'bucket' }],
    [302, undefined, { is: 'final', about: 'bucket' }],
    [403, 'InvalidObjectState', { is: 'final', about: 'object' }],
    [403, 'ObjectNotRestored', { is: 'final', about: 'object' }],
    [403, 'AccessDenied', { is: 'untold', message: 'it is not there, or this function may not see it' }],
    [403, undefined, { is: 'untold' }],
    [404, undefined, { is: 'untold' }],
    [400, 'InvalidRequest', { is: 'untold' }],
    [503, 'SlowDown', { is: 'troubled' }],
    [500, 'InternalError', { is: 'troubled' }],
    // Of Object.prototype, and not of the table.
    [403, 'constructor', { is: 'untold' }],
  ] as const)('%s %s says of an import: %j', (status, code, verdict) => {
    expect(judgeObsAnswer(obsRefusal(status, code), 'backups', 'a.rdb')).toMatchObject(verdict);
  });

  it('that did not come says nothing: DCS has a way of its own to the file', () => {
    const error = new CloudError({
      service: 'OBS',
      operation: 'GetObject',
      outcome: 'not_sent',
      temporary: true,
      cloudCode: 'ENOTFOUND',
    });

    expect(judgeObsAnswer(error, 'backups', 'a.rdb')).toMatchObject({ is: 'untold' });
  });

  it('says nothing either where the time of the invocation was up: then the run waits, and is judged later', () => {
    const error = new CloudError({
      service: 'OBS',
      operation: 'GetObject',
      outcome: 'not_sent',
      temporary: true,
      cloudCode: 'out_of_time',
    });

    expect(judgeObsAnswer(error, 'backups', 'a.rdb')).toMatchObject({ is: 'troubled' });
  });

  it('has its row in docs/backup-files.md', () => {
    const told = [...OBS_ANSWERS];
    const rows = PAGE.split('\n').filter((line) => line.startsWith('| `'));

    expect(
      told.filter(
        ([code, { is }]) => !rows.some((row) => row.startsWith(`| \`${code}\``) && row.includes(`| ${is}: `)),
      ),
    ).toEqual([]);
  });
});
