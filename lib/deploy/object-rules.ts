import type { Job, Jobs } from '../jobs/job.ts';

/** Which keys of a bucket trigger notifications: those with this prefix and suffix. Empty means all. */
export interface ObjectRule {
  readonly bucket: string;
  readonly prefix: string;
  readonly suffix: string;
}

type ObjectCreated = NonNullable<Job['on']['object_created']>;

/**
 * The rules that cover every object that a job watches. They may cover more, because rules have no globs; the function matches exactly.
 *
 * The service refuses a rule that overlaps another of the same bucket (FSS.1108: one key could match both, because prefixes nest and suffixes
 * nest). Such rules are merged to the shorter prefix and suffix, until none overlap.
 *
 * @returns sorted by bucket, prefix and suffix; empty if no job watches objects
 */
export function objectRules(jobs: Jobs): ObjectRule[] {
  const rules: ObjectRule[] = [];
  for (const { on } of jobs.jobs.values()) {
    if (!on.object_created) continue;
    for (const rule of rulesOf(on.object_created)) add(rules, rule);
  }
  return rules.sort(
    (a, b) => compare(a.bucket, b.bucket) || compare(a.prefix, b.prefix) || compare(a.suffix, b.suffix),
  );
}

/** The rule that covers the objects of a job; `undefined` if it watches none. */
export function ruleOfJob(jobs: Jobs, { on: { object_created: trigger } }: Job): ObjectRule | undefined {
  if (!trigger) return undefined;
  const [first] = rulesOf(trigger);
  return objectRules(jobs).find((rule) => first !== undefined && covers(rule, first));
}

function covers(rule: ObjectRule, other: ObjectRule): boolean {
  return rule.bucket === other.bucket && other.prefix.startsWith(rule.prefix) && other.suffix.endsWith(rule.suffix);
}

function rulesOf({ bucket, key, set }: ObjectCreated): ObjectRule[] {
  const rule = { bucket, prefix: literalStart(key), suffix: literalEnd(key) };
  if (set?.complete.marker === undefined) return [rule];
  // A marker completes the set even if it does not match the glob.
  const [before = '', after = ''] = set.by.split('{set}');
  return [rule, { bucket, prefix: before, suffix: after + set.complete.marker }];
}

function add(rules: ObjectRule[], rule: ObjectRule): void {
  const at = rules.findIndex((other) => overlap(other, rule));
  const [other] = at === -1 ? [] : rules.splice(at, 1);
  if (!other) rules.push(rule);
  // The merged rule may overlap a third.
  else {
    const merged = {
      bucket: rule.bucket,
      prefix: shorter(rule.prefix, other.prefix),
      suffix: shorter(rule.suffix, other.suffix),
    };
    add(rules, merged);
  }
}

function overlap(a: ObjectRule, b: ObjectRule): boolean {
  const prefixesNest = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  const suffixesNest = a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix);
  return a.bucket === b.bucket && prefixesNest && suffixesNest;
}

function literalStart(glob: string): string {
  return glob.slice(0, glob.indexOf('*') === -1 ? undefined : glob.indexOf('*'));
}

function literalEnd(glob: string): string {
  const last = glob.lastIndexOf('*');
  const end = glob.slice(last + 1);
  // `**/` may match nothing, in which case its slash is absent too.
  return glob.slice(0, last + 1).endsWith('**') && end.startsWith('/') ? end.slice(1) : end;
}

const shorter = (a: string, b: string) => (a.length < b.length ? a : b);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
