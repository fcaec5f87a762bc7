import { nextSteps } from '../../../../lib/runs/operate/next-steps.ts';
import { RUN_STATES, type RunView } from '../../../../lib/runs/report/run-view.ts';

const view = (state: RunView['state'], more: Partial<RunView> = {}): RunView => ({
  job: 'restore',
  run: 'a'.repeat(32),
  state,
  ...more,
});

describe('nextSteps', () => {
  it.each(RUN_STATES.map((state) => [state]))('names whole commands for a run that is %s', (state) => {
    const steps = nextSteps(view(state), ' --cloud');

    expect(steps.length).toBeGreaterThan(0);
    for (const { command } of steps) expect(command).toMatch(/^npx migrations runs \w+ restore a{32}( .*)? --cloud$/);
  });

  it.each([
    ['rejected', 'npx migrations runs replay restore RUN'],
    ['failed', 'npx migrations runs replay restore RUN'],
    ['succeeded', 'npx migrations runs replay restore RUN --even-succeeded'],
    ['forgotten', 'npx migrations runs replay restore RUN --even-succeeded'],
    ['parked', 'npx migrations runs resolve restore RUN try-again'],
    ['running', 'npx migrations runs forget restore RUN --why "..."'],
    ['waiting', 'npx migrations runs park restore RUN --why "..."'],
  ] as const)('offers for a run that is %s: %s', (state, command) => {
    expect(nextSteps(view(state), '').map((step) => step.command.replace('a'.repeat(32), 'RUN'))).toContain(command);
  });

  it('offers to start beyond the limit only a run that waits for it', () => {
    const offered = (code: 'over_budget' | 'queued') =>
      nextSteps(view('waiting', { reason: { code, message: '' } }), ' --cloud').map(({ command }) => command);

    expect(offered('over_budget')[0]).toBe(`npx migrations runs run-now restore ${'a'.repeat(32)} --why "..." --cloud`);
    expect(offered('queued').join()).not.toContain('run-now');
  });

  it.each(['created', 'running', 'stuck'] as const)('offers no replay of a run that is %s', (state) => {
    expect(nextSteps(view(state), '').some(({ command }) => command.includes('replay'))).toBe(false);
  });

  it('names the last attempt of a run that was replayed', () => {
    const steps = nextSteps(view('rejected', { replayed_as: ['b'.repeat(32), 'c'.repeat(32)] }), '');

    expect(steps[0]?.command).toBe(`npx migrations runs show restore ${'c'.repeat(32)}`);
  });

  it.each([
    ['of its job', [{ job: 'restore' }], ['npx migrations resume restore --local']],
    ['of all jobs', [{}], ['npx migrations resume --local']],
    ['of both', [{}, { job: 'restore' }], ['npx migrations resume --local', 'npx migrations resume restore --local']],
    ['that is taken back already', [], []],
  ])('offers to take back the pause %s', (_, pauses, commands) => {
    const paused = { reason: { code: 'paused' as const, message: 'job restore is paused' } };

    const steps = nextSteps(
      view('waiting', paused),
      ' --local',
      pauses.map((one) => ({ ...one, since: 1, by: 'me' })),
    );

    expect(steps.map(({ command }) => command).filter((command) => command.includes('resume'))).toEqual(commands);
  });

  it.each(RUN_STATES.map((state) => [state]))(
    'offers to cancel a run that is %s only where that can end it',
    (state) => {
      const canBeCancelled = ['received', 'waiting', 'created', 'running', 'stuck'].includes(state);

      expect(nextSteps(view(state), '').some(({ command }) => command.includes('runs cancel'))).toBe(canBeCancelled);
    },
  );
});
