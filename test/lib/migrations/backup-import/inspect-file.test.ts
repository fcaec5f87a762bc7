import { INSPECTED_BYTES, inspectFile } from '../../../../lib/migrations/backup-import/inspect-file.ts';
import { FakeObs, obsRefusal } from '../../../fakes/fake-obs.ts';

const END = `\xff${'\0'.repeat(8)}`;

function bucketWith(content: string) {
  const obs = new FakeObs();
  obs.put('backups', 'a.rdb', content, '2026-02-03T02:00:00Z');
  const asked: string[] = [];
  const { readStart, readEnd } = obs;
  obs.readStart = (...args) => {
    asked.push('start');
    return readStart.apply(obs, args);
  };
  obs.readEnd = (...args) => {
    asked.push(`end from ${args[2]}`);
    return readEnd.apply(obs, args);
  };
  return { obs, asked };
}

const rdbOf = (size: number) => 'REDIS0009'.padEnd(size - END.length, 'x') + END;

describe('inspectFile', () => {
  it.each([
    ['all of a file, with one request', rdbOf(INSPECTED_BYTES), ['start']],
    ['the start and the end of a larger RDB, with two', rdbOf(INSPECTED_BYTES + 1), ['start', 'end from 1']],
    ['the start of a larger append-only file, with one', '*'.repeat(INSPECTED_BYTES + 1), ['start']],
  ])('reads %s', async (_, content, requests) => {
    const { obs, asked } = bucketWith(content);

    const look = await inspectFile(obs, 'backups', 'a.rdb');

    expect(asked).toEqual(requests);
    expect(look).toMatchObject({ bytes: { size: content.length } });
  });

  it('does not judge the end of a file that has been replaced meanwhile', async () => {
    const { obs } = bucketWith(rdbOf(INSPECTED_BYTES + 1));
    obs.readEnd = async () => undefined;

    const look = await inspectFile(obs, 'backups', 'a.rdb');

    expect('bytes' in look && look.bytes.tail).toBe(undefined);
  });

  it('returns the response of OBS to either request', async () => {
    const { obs } = bucketWith(rdbOf(INSPECTED_BYTES + 1));
    obs.readEnd = async () => {
      throw obsRefusal(404, 'NoSuchKey');
    };

    expect(await inspectFile(obs, 'backups', 'a.rdb')).toMatchObject({ failure: { is: 'temporary' } });
  });
});
