import { addProblem, type Findings, type Path } from '../schema/findings.ts';
import { canMatchBelow, canShareKey } from './glob.ts';
import type { LedgerSettings, ObjectSet } from './job.ts';

/** What a key is checked against. */
interface KeyParts {
  readonly bucket: string | undefined;
  readonly ledger: LedgerSettings | undefined;
  readonly set: ObjectSet | undefined;
}

/** A glob that matches every object of every set of `set.by`, and possibly more: `{set}` is never empty. */
export function globOfSets({ by }: ObjectSet): string {
  return `${by.replace('{set}', '*')}**`;
}

function problemOf(key: string, { bucket, ledger, set }: KeyParts): string | undefined {
  if (ledger && bucket === ledger.obs.bucket && canMatchBelow(key, ledger.obs.prefix)) {
    const below = `${bucket}/${ledger.obs.prefix}`;
    return `can match what the ledger writes below ${below}, which would start jobs in an endless loop`;
  }
  if (set && !canShareKey(key, globOfSets(set))) {
    return `matches no object of a set: sets are below ${JSON.stringify(set.by)}; write "${set.by.split('{set}')[0]}**", or another set.by`;
  }
  const marker = set?.complete.marker;
  if (marker !== undefined && key.split('/').at(-1) === marker) {
    return `matches only markers (${marker}), which are not imported; match the files, for example with "*.rdb"`;
  }
  return undefined;
}

/** Warnings about a valid key that is probably a mistake. Each says what will happen. */
function keyWarnings(key: string, bucket: string | undefined): string[] {
  return [
    ...(key.endsWith('/') ? ['ends with "/", so it matches only folders, which start nothing; append "**"'] : []),
    ...(key.includes('\\')
      ? ['has a backslash, which is matched literally; the segments of a key are separated by "/"']
      : []),
    ...(/%[0-9A-Fa-f]{2}/.test(key)
      ? ['has "%" and two hex digits, which are matched literally: keys are decoded before matching']
      : []),
    ...(key.startsWith('./') ? ['begins with "./", but keys do not; remove it'] : []),
    ...(key.includes('＊') ? ['has a full-width asterisk (＊), which is matched literally; write *'] : []),
    ...(/[?]|\{.*,.*\}|\[.*\]/.test(key)
      ? ['has "?", "[ ]" or "{ }", which are matched literally: only * and ** are wildcards']
      : []),
    ...(bucket !== undefined && key.startsWith(`${bucket}/`)
      ? [`begins with the name of the bucket, but is matched against keys inside it; remove "${bucket}/"`]
      : []),
  ];
}

/** Checks the glob of a trigger: its problem, or else its warnings. */
export function checkKey(key: string, path: Path, parts: KeyParts, found: Findings): void {
  const problem = problemOf(key, parts);
  if (problem !== undefined) addProblem(found, path, problem);
  else for (const message of keyWarnings(key, parts.bucket)) found.warnings.push({ path, message });
}
