import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTION_KINDS } from '../../../lib/migrations/actions.ts';

const ROOT = join(import.meta.dirname, '../../..');
const ROWS = 'lib/migrations/actions.ts';

/** Who else may name an action, as far as it names it. */
const ALLOWED: Readonly<Record<string, string>> = {
  'lib/local-system/': 'what the demonstration shows of each action, and how its tasks end',
  'lib/cli/init/jobs-file-text.ts': 'a template',
  'lib/migrations/backup-import/check.ts': "online_migration was a value of the API's migration_type",
  'scripts/docs/jobs-file-page.ts': 'a text for each action',
  'scripts/docs/permissions-page.ts': 'a jobs file with everything',
};

const FILES = ['functions', 'lib', 'scripts'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:ts|mjs)$/.test(file))
    .map((file) => `${folder}/${file}`),
);

/** Where a file names an action in its code: as a string, as a key, or as a property. */
function namings(file: string, kind: string): readonly string[] {
  const code = readFileSync(join(ROOT, file), 'utf8').replace(/^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return code.match(new RegExp(`(['"\`])${kind}\\1|\\b${kind}\\??\\s*:|\\.${kind}\\b`, 'g')) ?? [];
}

const folderOf = (kind: string) => `lib/migrations/${kind.replaceAll('_', '-')}/`;
const allowanceOf = (file: string) => Object.keys(ALLOWED).find((start) => file.startsWith(start));

describe.each(ACTION_KINDS)('%s', (kind) => {
  const naming = FILES.filter((file) => namings(file, kind).length > 0);

  it('is named in its own folder, in its rows, and where that is allowed', () => {
    expect(naming.filter((file) => !file.startsWith(folderOf(kind)) && file !== ROWS && !allowanceOf(file))).toEqual(
      [],
    );
  });

  it('has a folder of its own, and one row for runs and one for jobs files', () => {
    expect(naming.some((file) => file.startsWith(folderOf(kind)))).toBe(true);
    expect(namings(ROWS, kind)).toHaveLength(2);
  });
});

it('has no allowance that nobody needs', () => {
  const used = FILES.filter((file) => ACTION_KINDS.some((kind) => namings(file, kind).length > 0)).map(allowanceOf);

  expect(Object.keys(ALLOWED).filter((start) => !used.includes(start))).toEqual([]);
});
