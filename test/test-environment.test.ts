import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const ENVIRONMENT = pathToFileURL(`${import.meta.dirname}/fixtures/test-environment.cjs`);

describe('the environment of a test file', () => {
  it('ends the async contexts of the file, which every promise of later files would pay for', () => {
    const program = `
      import { AsyncLocalStorage } from 'node:async_hooks';
      import Environment from '${ENVIRONMENT}';
      const config = { globalConfig: {}, projectConfig: { globals: {}, testEnvironmentOptions: {} } };
      const environment = new Environment(config, {});
      await environment.setup();
      const context = new AsyncLocalStorage();
      await context.run('a test', async () => {
        const before = context.getStore();
        await environment.teardown();
        console.log(JSON.stringify([before, context.getStore() ?? 'ended']));
      });`;

    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });

    expect(JSON.parse(printed)).toEqual(['a test', 'ended']);
  });
});
