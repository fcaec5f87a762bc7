import { describePlace } from '../../../lib/jobs/describe-place.ts';

describe('describePlace', () => {
  it.each<[(string | number)[], string]>([
    [['version'], 'Version of this format.'],
    [['jobs', 'a', 'on', 'schedule'], 'A timer. Keys: cron, rate.'],
    [['jobs', 'a', 'online_migration', 'subnet_id'], 'Network id of the subnet in that VPC.'],
    [
      ['jobs', 'a', 'backup_import', 'backup_files', 'files', 0],
      'One backup file. Keys: file_name (required), size, update_at.',
    ],
  ])('describes %j', (path, said) => {
    expect(describePlace(path)).toBe(said);
  });

  it('lists the known keys for an unknown key', () => {
    expect(describePlace(['ledger', 'obs', 'bukket'])).toBe('Known keys: bucket (required), prefix (required).');
  });

  it('is undefined for a path below a value', () => {
    expect(describePlace(['version', 'a', 'b'])).toBeUndefined();
  });
});
