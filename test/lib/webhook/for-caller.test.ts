import { RUN_CODES } from '../../../lib/kernel/codes.ts';
import { reasonForCaller, resultForCaller, viewForCaller } from '../../../lib/webhook/for-caller.ts';

const WORDS = 'the password Zq7 is wrong';

describe('reasonForCaller', () => {
  it("passes on the cloud's code, status and request ID, but no free text", () => {
    const reason = {
      code: 'DCS.4013' as const,
      message: `DCS CreateMigrationTask: rejected: 400 DCS.4013 ${WORDS}`,
      status: 400,
      request_id: 'r-1',
      params: [WORDS],
      details: [{ code: 'x', message: WORDS }],
      encoded_authorization_message: WORDS,
    };

    expect(reasonForCaller(reason)).toEqual({
      code: 'DCS.4013',
      message: "the request could not be carried out (DCS.4013); see the function's log for details",
      status: 400,
      request_id: 'r-1',
    });
  });

  it.each([
    'task_failed',
    'paused',
    'parked',
    'preflight',
    'source_has_task',
    'backup_failed',
    'no_backup',
    'secret_missing',
    'internal',
  ] as const)('replaces the message of %s, which may contain text from a service or internals', (code) => {
    expect(JSON.stringify(reasonForCaller({ code, message: WORDS, details: [WORDS] }))).not.toContain(WORDS);
  });

  it.each([{ request_id: 'r-1' }, { status: 409 }])(
    'replaces the message of a code of this project that came with a response from the cloud: %o',
    (response) => {
      expect(reasonForCaller({ code: 'cancelled', message: WORDS, ...response })).toStrictEqual({
        code: 'cancelled',
        message: "the request could not be carried out (cancelled); see the function's log for details",
        ...response,
      });
    },
  );

  it('passes on the code of what a parked run waited for', () => {
    expect(reasonForCaller({ code: 'parked', message: WORDS, cause: 'instance_busy' })).toMatchObject({
      code: 'parked',
      cause: 'instance_busy',
    });
  });

  it('passes on messages of this project, and what a dry run would send', () => {
    const reason = {
      code: 'dry_run' as const,
      message: 'dry_run: ...',
      details: [{ description: 'sent by the caller' }],
    };

    expect(reasonForCaller(reason)).toEqual(reason);
  });

  it('has a message for every code', () => {
    for (const code of Object.keys(RUN_CODES) as (keyof typeof RUN_CODES)[])
      expect(reasonForCaller({ code, message: 'x' }).message).not.toBe('');
  });
});

describe('resultForCaller and viewForCaller', () => {
  const reason = { code: 'SMS.9004' as const, message: WORDS };
  const task = { kind: 'server_migration', id: 't', name: 'n', status: `${WORDS}!` } as const;

  it('leave no text from the cloud anywhere in a run', () => {
    const view = {
      job: 'a',
      run: 'b',
      state: 'failed',
      task,
      reason,
      progress: { percent: 5, subtask: `${WORDS}!` },
      history: [
        { at: 'x', event: 'rejected', reason },
        { at: 'y', event: 'received' },
      ],
    } as const;

    expect(JSON.stringify(viewForCaller(view))).not.toContain('Zq7');
    expect(JSON.stringify(resultForCaller({ outcome: 'rejected', task, reason }))).not.toContain('Zq7');
    expect(viewForCaller(view)).toMatchObject({
      task: { id: 't', name: 'n' },
      progress: { percent: 5 },
      history: [{ event: 'rejected', reason: { code: 'SMS.9004' } }, { event: 'received' }],
    });
  });

  it('keep numbers of the progress, and what is a status', () => {
    const progress = { percent: 12.5, speed: -1, subtask: 'MIGRATE_SUBTASK' };
    const view = { job: 'a', run: 'b', state: 'running', progress } as const;

    expect(viewForCaller(view)).toStrictEqual(view);
  });

  it('keep statuses as the services write them', () => {
    const result = { outcome: 'created', task: { ...task, status: 'MIGRATE_SUBTASK PAUSED' } } as const;

    expect(resultForCaller(result)).toEqual(result);
  });
});
