import type { FunctionGraph } from '../../../lib/cloud/programs/functiongraph/functiongraph.ts';

export interface FunctionGraphSubject {
  readonly api: FunctionGraph;
  /** Of a function that does not exist yet: `nightly` of the package `default`. */
  readonly urn: string;
  /** Two packages with an `index.handler`, in Base64. */
  readonly code: string;
  readonly otherCode: string;
  readonly pass: (ms: number) => void;
}

const SETTINGS = { func_name: 'nightly', runtime: 'Node.js20.15', handler: 'index.handler', timeout: 60 };
const TIMER = { name: 'nightly', schedule_type: 'Cron', schedule: '0 0 2 * * ?', user_event: 'job-1' };

/** The operations of FunctionGraph that a deploy uses, in the cloud and in its fake. */
export function functionGraphPort(name: string, make: () => Promise<FunctionGraphSubject>): void {
  describe(name, () => {
    let subject: FunctionGraphSubject;
    let api: FunctionGraph;
    let urn: string;
    beforeEach(async () => {
      subject = await make();
      ({ api, urn } = subject);
    });

    const zip = (file: string) => ({ code_type: 'zip', code_filename: 'index.zip', func_code: { file } });
    const create = (changes: object = {}) =>
      api.createFunction({ ...SETTINGS, memory_size: 256, package: 'default', ...zip(subject.code), ...changes }, []);
    const addTimer = () =>
      api.createTrigger(urn, { trigger_type_code: 'TIMER', trigger_status: 'ACTIVE', event_data: TIMER });
    const rejected = (cloudCode: string) => ({ name: 'CloudError', outcome: 'rejected', temporary: false, cloudCode });

    it('reports a missing function as missing in every call', async () => {
      await expect(api.listFunctions()).resolves.toEqual([]);
      await expect(api.findConfig(urn)).resolves.toBeUndefined();
      await expect(api.listTriggers(urn)).resolves.toEqual([]);
      await expect(api.deleteFunction(urn)).resolves.toBe(false);
      await expect(api.updateConfig(urn, { ...SETTINGS, memory_size: 512 }, [])).rejects.toMatchObject(
        rejected('FSS.1051'),
      );
    });

    it('keeps what a function is created with, and shows only the names of encrypted variables', async () => {
      await create({ user_data: '{"COLOR":"red"}', encrypted_user_data: '{"PASSWORD":"hunter2"}' });

      await expect(api.listFunctions()).resolves.toMatchObject([{ name: 'nightly' }]);
      await expect(api.findConfig(urn)).resolves.toMatchObject({
        ...SETTINGS,
        memory_size: 256,
        user_data: '{"COLOR":"red"}',
        encrypted_user_data: '{"PASSWORD":"******"}',
      });
    });

    it('refuses a second function of the same name', async () => {
      await create();

      await expect(create()).rejects.toMatchObject(rejected('FSS.1061'));
    });

    it('accepts different code, and refuses unchanged code', async () => {
      await create();
      const before = await api.findConfig(urn);

      await expect(api.updateCode(urn, zip(subject.code))).rejects.toMatchObject(rejected('FSS.0409'));
      await api.updateCode(urn, zip(subject.otherCode));

      const after = await api.findConfig(urn);
      expect([before?.['digest'], after?.['digest']]).toEqual([
        expect.stringMatching(/^[0-9a-f]{128}$/),
        expect.stringMatching(/^[0-9a-f]{128}$/),
      ]);
      expect(after?.['digest']).not.toBe(before?.['digest']);
    });

    it('keeps what a new configuration leaves out', async () => {
      await create({ user_data: '{"COLOR":"red"}' });

      await api.updateConfig(urn, { ...SETTINGS, memory_size: 512 }, []);

      await expect(api.findConfig(urn)).resolves.toMatchObject({ memory_size: 512, user_data: '{"COLOR":"red"}' });
    });

    it('deletes a function with its triggers', async () => {
      await create();
      await addTimer();

      await expect(api.deleteFunction(urn)).resolves.toBe(true);
      await expect(api.findConfig(urn)).resolves.toBeUndefined();
      await expect(api.listTriggers(urn)).resolves.toEqual([]);
    });

    it('has no asynchronous settings before they are set, or after they are deleted', async () => {
      await create();
      await expect(api.findAsyncConfig(urn)).resolves.toBeUndefined();

      await api.setAsyncConfig(urn, { max_async_event_age_in_seconds: 3600, max_async_retry_attempts: 3 });
      await expect(api.findAsyncConfig(urn)).resolves.toMatchObject({
        max_async_event_age_in_seconds: 3600,
        max_async_retry_attempts: 3,
      });
      await api.deleteAsyncConfig(urn);
      await expect(api.findAsyncConfig(urn)).resolves.toBeUndefined();
    });

    it('lists a trigger with its settings, and refuses a second timer of the same name', async () => {
      await create();
      await addTimer();

      const [trigger, ...others] = await api.listTriggers(urn);
      expect(trigger).toMatchObject({ type: 'TIMER', status: 'ACTIVE', data: TIMER });
      expect(others).toEqual([]);
      await expect(addTimer()).rejects.toMatchObject(rejected('FSS.1148'));
    });

    it('disables a trigger, and deletes it a little later', async () => {
      await create();
      await addTimer();
      const [trigger] = await api.listTriggers(urn);
      if (!trigger) throw new Error('there is no trigger');

      await api.updateTriggerStatus(urn, trigger, 'DISABLED');
      await expect(api.listTriggers(urn)).resolves.toMatchObject([{ status: 'DISABLED' }]);
      await api.deleteTrigger(urn, trigger);
      await api.listTriggers(urn);
      subject.pass(60_000);
      await api.listTriggers(urn);

      await expect(api.listTriggers(urn)).resolves.toEqual([]);
      await expect(api.deleteTrigger(urn, trigger)).resolves.toBeUndefined();
    });

    it('publishes a version if code or configuration has changed since the last one', async () => {
      await create();
      const first = await api.createVersion(urn, 'first');
      subject.pass(60_000);
      await expect(api.createVersion(urn, 'again')).resolves.toBeUndefined();
      await api.updateConfig(urn, { ...SETTINGS, memory_size: 512 }, []);
      const second = await api.createVersion(urn, 'second');

      const listed = (await api.listVersions(urn)).map(({ version }) => version);
      expect(listed.sort()).toStrictEqual(['latest', first?.['version'], second?.['version']]);
    });

    it('creates an alias once, and can move it to another version', async () => {
      await create();
      const first = String((await api.createVersion(urn, 'first'))?.['version']);
      subject.pass(60_000);
      await api.updateCode(urn, zip(subject.otherCode));
      const second = String((await api.createVersion(urn, 'second'))?.['version']);

      await api.createAlias(urn, 'live', first);
      await expect(api.createAlias(urn, 'live', second)).rejects.toMatchObject(rejected('FSS.1063'));
      await expect(api.listAliases(urn)).resolves.toMatchObject([{ name: 'live', version: first }]);
      await api.updateAlias(urn, 'live', second);

      await expect(api.listAliases(urn)).resolves.toMatchObject([{ name: 'live', version: second }]);
    });
  });
}
