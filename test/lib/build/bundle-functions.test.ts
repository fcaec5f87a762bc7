import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BundledFunction, bundleFunctions } from '../../../lib/build/bundle-functions.ts';
import { writeGeneratedPackages } from '../../fixtures/generated-packages.ts';

describe('bundleFunctions', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'bundles-'));
  });
  afterAll(() => rm(home, { recursive: true }));

  const bundle = async (name: string, packages: readonly string[]): Promise<BundledFunction> => {
    const [bundled] = await bundleFunctions({ out: join(home, `${packages.length}`), names: [name], packages });
    if (!bundled) throw new Error('nothing was bundled');
    return bundled;
  };

  it.each(['backup-landed', 'webhook'])('lists the license of every package in %s', async (name) => {
    const { folder, bytesByPackage } = await bundle(name, []);
    const notices = await readFile(join(folder, 'THIRD-PARTY-NOTICES'), 'utf8');
    const listed = notices.match(/(?<=^={80}\n)\S+(?= \S+: \S+\n)/gm);

    const packages = Object.keys(bytesByPackage).filter((one) => one !== 'ours');
    expect(packages.length).toBeGreaterThan(5);
    expect(listed).toEqual(['huaweicloud-migration-functions', ...packages.sort()]);
  });

  it('takes the generated clients where they are installed, and says so in package.json', async () => {
    const packages = join(home, 'node_modules');
    await writeGeneratedPackages(packages);
    const { folder, clients } = await bundle('schedule', [packages]);

    expect(clients).toEqual({ dcs: 'generated 3.1.209', sms: 'generated 3.1.209' });
    expect(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).clients).toEqual(clients);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['huaweicloud-sdk-dcs.js', 'huaweicloud-sdk-sms.js']));
    // What is not used of them is left out.
    const sms = await readFile(join(folder, 'huaweicloud-sdk-sms.js'), 'utf8');
    expect([sms.includes('createTask('), sms.includes('deleteTask(')]).toEqual([true, false]);
  });
});
