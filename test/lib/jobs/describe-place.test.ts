import { describePlace } from '../../../lib/jobs/describe-place.ts';

describe('describePlace', () => {
  it.each<[(string | number)[], string]>([
    [['version'], 'Version of this format.'],
    [['jobs', 'a', 'on', 'schedule'], 'A timer. keys: cron, rate'],
    [['jobs', 'a', 'online_migration', 'subnet_id'], 'Network id of the subnet in that VPC.'],
    [
      ['jobs', 'a', 'backup_import', 'backup_files', 'files', 0],
      'One backup file. keys: file_name (required), size, update_at',
    ],
  ])('says what belongs at %j', (path, said) => {
    expect(describePlace(path)).toBe(said);
  });

  it('says what is known where a key is not', () => {
    expect(describePlace(['ledger', 'obs', 'bukket'])).toBe('known keys: bucket (required), prefix (required)');
  });

  it('has nothing where the schema says nothing', () => {
    expect(describePlace(['version', 'a', 'b'])).toBeUndefined();
  });
});
