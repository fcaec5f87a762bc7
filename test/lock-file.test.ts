import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

interface LockEntry {
  readonly optional?: boolean;
  /** A package of this repository: `resolved` is its folder. */
  readonly link?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

describe('package-lock.json', () => {
  const packages: Record<string, LockEntry> = read('package-lock.json').packages;

  it.each(['dcs', 'sms'])('keeps the entry of the %s package, which some registries lack', (service) => {
    expect(packages[`node_modules/@huaweicloud/huaweicloud-sdk-${service}`]).toEqual({
      version: '3.1.155',
      license: 'Apache-2.0',
      optional: true,
      dependencies: { '@huaweicloud/huaweicloud-sdk-core': '^3.1.155' },
    });
  });

  // npm ci refuses a lock file that lacks an optional package, even one for another platform.
  it('has an entry for every optional package', () => {
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      ),
    );

    expect(missing).toEqual([]);
  });

  it('has a hash of every package that the registry in use carries', () => {
    const bare = Object.entries(packages).filter(([, { integrity, link }]) => integrity === undefined && !link);
    const own = ['', 'packages/local-cloud', 'packages/official-clients'];

    expect(bare.filter(([path, { optional }]) => !optional && !own.includes(path))).toEqual([]);
  });

  it('names no registry', () => {
    expect(Object.values(packages).filter(({ resolved, link }) => resolved !== undefined && !link)).toEqual([]);
  });

  it('links the packages of this repository to their folders', () => {
    const links = Object.entries(packages).filter(([, { link }]) => link);

    expect(links).toEqual([
      ['node_modules/huaweicloud-local-cloud', { resolved: 'packages/local-cloud', link: true }],
      ['node_modules/huaweicloud-official-clients', { resolved: 'packages/official-clients', link: true }],
    ]);
  });
});
