import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { dependencies, optionalDependencies, devDependencies } = JSON.parse(read('package.json'));
/** The first cells of the table of dependencies; `-sms` abbreviates the name before it with another ending. */
const rows = read('CONTRIBUTING.md').match(/^\| `[^|]+\|/gm) ?? [];

describe('CONTRIBUTING.md', () => {
  it.each(Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }))(
    'says why %s is a dependency',
    (name) => {
      const shown = name.startsWith('@types/') ? '@types/*' : name.replace('sdk-sms', 'sdk-dcs`, `-sms');

      expect(rows.filter((row) => row.includes(`\`${shown}\``))).not.toEqual([]);
    },
  );
});
