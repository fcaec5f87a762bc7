import { readProgress } from '../../../lib/local-system/progress.ts';

const FIELDS = { message: 'progress', job: 'move', run: 'r1', status: 'RUNNING', progress: 'full 5 %' };

describe('readProgress', () => {
  it('reads what reconcile logs of a task', () => {
    expect(readProgress({ stream: 'stdout', line: JSON.stringify({ level: 'info', ...FIELDS }) })).toEqual({
      job: 'move',
      run: 'r1',
      status: 'RUNNING',
      text: 'full 5 %',
    });
  });

  it.each([
    ['another message', 'stdout', JSON.stringify({ ...FIELDS, message: 'run' })],
    ['no job', 'stdout', JSON.stringify({ ...FIELDS, job: undefined })],
    ['no JSON', 'stdout', 'progress'],
    ['JSON that is not an object', 'stdout', 'null'],
    ['a line of the platform', 'platform', JSON.stringify(FIELDS)],
  ] as const)('passes over %s', (_name, stream, line) => {
    expect(readProgress({ stream, line })).toBeUndefined();
  });
});
