import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { dependencies, optionalDependencies: left, devDependencies } = JSON.parse(read('package.json'));
const { optionalDependencies } = JSON.parse(read('packages/official-clients/package.json'));
/** The first cells of the table of dependencies; `-sms` abbreviates the name before it with another ending. */
const rows = read('CONTRIBUTING.md').match(/^\| `[^|]+\|/gm) ?? [];

// npm leaves an optional package that the registry lacks out of the lock file of a user's project, and `npm ci` then refuses that lock file.
it('the package has no optional dependencies', () => {
  expect(left).toBeUndefined();
});

describe('CONTRIBUTING.md', () => {
  it.each(Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }))(
    'says why %s is a dependency',
    (name) => {
      const shown = name.startsWith('@types/') ? '@types/*' : name.replace('sdk-sms', 'sdk-dcs`, `-sms');

      expect(rows.filter((row) => row.includes(`\`${shown}\``))).not.toEqual([]);
    },
  );
});
