import { addProblem, type Findings, type Path } from '../schema/findings.ts';
import { canMatchBelow, canShareKey } from './glob.ts';
import type { LedgerSettings, ObjectSet } from './job.ts';

/** What a key is judged with. */
interface KeyParts {
  readonly bucket: string | undefined;
  readonly ledger: LedgerSettings | undefined;
  readonly set: ObjectSet | undefined;
}

/** What matches every object of every set of `set.by`, and may match more: `{set}` is never empty. */
export function globOfSets({ by }: ObjectSet): string {
  return `${by.replace('{set}', '*')}**`;
}

function problemOf(key: string, { bucket, ledger, set }: KeyParts): string | undefined {
  if (ledger && bucket === ledger.obs.bucket && canMatchBelow(key, ledger.obs.prefix)) {
    const below = `${bucket}/${ledger.obs.prefix}`;
    return `can match what the ledger writes below ${below}, which would start jobs without end`;
  }
  if (set && !canShareKey(key, globOfSets(set))) {
    return `matches nothing that is in a set: those lie below ${JSON.stringify(set.by)}; write "${set.by.split('{set}')[0]}**", or another set.by`;
  }
  const marker = set?.complete.marker;
  if (marker !== undefined && key.split('/').at(-1) === marker) {
    return `matches nothing but markers (${marker}), which are not imported; write the names of the files, such as "*.rdb"`;
  }
  return undefined;
}

/** What is most often a slip in a key that is valid all the same: each says what will happen. */
function warningsFor(key: string, bucket: string | undefined): string[] {
  return [
    ...(key.endsWith('/') ? ['ends with "/", and matches folders only, which start nothing; write "**" after it'] : []),
    ...(key.includes('\\')
      ? ['has a backslash, which stands for itself; the parts of a key are separated by "/"']
      : []),
    ...(/%[0-9A-Fa-f]{2}/.test(key)
      ? ['has "%" and two hex digits, which stand for themselves: keys are matched decoded']
      : []),
    ...(key.startsWith('./') ? ['begins with "./", and keys do not; leave it out'] : []),
    ...(key.includes('＊') ? ['has a full-width asterisk (＊), which stands for itself; write *'] : []),
    ...(/[?]|\{.*,.*\}|\[.*\]/.test(key)
      ? ['has "?", "[ ]" or "{ }", which stand for themselves: only * and ** match other characters']
      : []),
    ...(bucket !== undefined && key.startsWith(`${bucket}/`)
      ? [`begins with the name of the bucket, and is matched with keys inside it; leave "${bucket}/" out`]
      : []),
  ];
}

/** The glob of a trigger: what is wrong with it, and what is doubtful. */
export function checkKey(key: string, path: Path, parts: KeyParts, found: Findings): void {
  const problem = problemOf(key, parts);
  if (problem !== undefined) addProblem(found, path, problem);
  else for (const message of warningsFor(key, parts.bucket)) found.warnings.push({ path, message });
}
