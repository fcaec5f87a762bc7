import { Scripts } from '../../src/cloud/scripts.ts';

const start = { operation: 'CreateMigrationTask', name: 'restore-1' };

describe('Scripts', () => {
  it('uses each script once, in the order in which they were added', () => {
    const scripts = new Scripts();
    scripts.add({ stage: 'import', outcome: 'fail' });
    scripts.add({ stage: 'import', outcome: 'stuck' });

    const played = [1, 2, 3].map(() => scripts.take('import', start)?.outcome);

    expect(played).toEqual(['fail', 'stuck', undefined]);
  });

  it('does not affect other stages, operations and names', () => {
    const scripts = new Scripts();
    scripts.add({ stage: 'full', outcome: 'fail' });
    scripts.add({ stage: 'import', outcome: 'fail', operation: 'CreateOnlineMigrationTask' });
    scripts.add({ stage: 'import', outcome: 'fail', task: 'nightly' });

    expect(scripts.take('import', start)).toBeUndefined();
    expect(scripts.waiting()).toHaveLength(3);
  });

  it('removes all on clear', () => {
    const scripts = new Scripts();
    scripts.add({ stage: 'import', outcome: 'fail' });
    scripts.clear();

    expect(scripts.take('import', start)).toBeUndefined();
  });

  it.each<[string, Parameters<Scripts['add']>[0]]>([
    ['0 times', { stage: 'import', outcome: 'fail', times: 0 }],
    ['a time before the stage', { stage: 'import', outcome: 'fail', afterMs: -1 }],
    ['a release of a server migration', { stage: 'copy', outcome: 'released' }],
    ['a release of a backup', { stage: 'backup', outcome: 'released' }],
  ])('refuses %s', (_name, script) => {
    expect(() => new Scripts().add(script)).toThrow(RangeError);
  });
});
