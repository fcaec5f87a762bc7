// Run by leak.test.ts in its own process: every call fails, and everything printable about the errors is printed.
import { inspect } from 'node:util';
import { makeDcsService } from '../../../lib/cloud/dcs/dcs.ts';
import { makeDcsFollow } from '../../../lib/cloud/dcs/dcs-follow.ts';
import { makeSmsService } from '../../../lib/cloud/sms/sms.ts';
import { makeKeysGuard } from '../../../lib/cloud/transport/keys-guard.ts';
import { Secret } from '../../../lib/kernel/secret.ts';

const { ENDPOINT = '', CALLS = '', SK = '', TOKEN = '', PASSWORD = '' } = process.env;

const main = async () => {
  const options = {
    endpoint: ENDPOINT,
    credentials: { accessKey: 'AKOFTHETEST', secretKey: new Secret(SK), securityToken: new Secret(TOKEN) },
    remainingMs: () => 1_500,
  };
  for (let i = 0; i < Number(CALLS); i++) {
    const keysGuard = makeKeysGuard(Date.now);
    const inProject = { ...options, keysGuard, projectId: '0123456789abcdef0123456789abcdef' };
    const dcs = makeDcsService(inProject);
    const follow = makeDcsFollow(inProject);
    const sms = makeSmsService({ ...options, keysGuard });
    for (const call of [
      () => dcs.createMigrationTask({ target_instance: { id: 'i', password: new Secret(PASSWORD) } }),
      () => follow.setOnlineMigrationTask('task-1', { target_instance: { password: new Secret(PASSWORD) } }),
      () => sms.createTask({ name: 'x', target_password: PASSWORD }),
    ]) {
      const error = await call().catch((caught: unknown) => caught);
      if (!(error instanceof Error)) throw new Error('the call did not fail');
      process.stdout.write(
        `${inspect(error, { depth: 20, showHidden: true })}\n${JSON.stringify(error)}\n${error.stack}\n`,
      );
      process.stdout.write(`${inspect([dcs, follow, sms], { depth: 20, showHidden: true })}\nfailed as expected\n`);
    }
  }
};

void main();
