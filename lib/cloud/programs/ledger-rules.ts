/** A lifecycle rule that is in force, as far as it concerns current objects. Unfinished uploads and noncurrent versions are nothing of a ledger. */
export interface LifecycleRule {
  /** Empty: every object, or those that a filter names, which the SDK does not show. */
  readonly prefix: string;
  readonly id?: string;
  /** Removes objects so many days after they were last written. */
  readonly days?: number;
  /** Removes objects that were last written before this date. */
  readonly date?: string;
  /** Moves objects to a class that can't be read at once, nor appended to. */
  readonly archives?: true;
}

/** What a bucket is to remove of a ledger, and when. */
export interface WantedRule {
  readonly prefix: string;
  readonly days: number;
}

/** Settled runs are kept so long; for that long one occurrence makes one task (docs/guarantees.md). */
const RUN_DAYS = 400;
/** The budget of a job in one window: twice the longest `limit.per` (30 days), and two days for clocks and the rule itself. */
const BUDGET_DAYS = 62;
/** What must stay whatever its age; of many of these lists the last record is the oldest thing that is still true. */
const FOREVER = ['control/', 'lanes/target/', 'open-sets/', 'open-unreadable/', 'open/', 'sets/', 'sweeps/'] as const;
const FOREVER_TEXT = 'pauses, sets, sweeps, lanes of targets and open runs';

/** The rules that the bucket of a ledger is to have. */
export function wantedRules(prefix: string): readonly [runs: WantedRule, budgets: WantedRule] {
  return [
    { prefix: `${prefix}runs/`, days: RUN_DAYS },
    { prefix: `${prefix}lanes/job/`, days: BUDGET_DAYS },
  ];
}

/** What the rules of a bucket do to a ledger. */
export interface RulesVerdict {
  /** Rules that take what the ledger needs, in words; each names the rule and says what to do. */
  readonly harmful: readonly string[];
  /** Nothing removes these: the ledger grows for ever. */
  readonly missing: readonly WantedRule[];
}

/** Judges the rules of a bucket, for the ledger below a prefix. */
export function judgeRules(rules: readonly LifecycleRule[], prefix: string): RulesVerdict {
  const wanted = wantedRules(prefix);
  return {
    harmful: rules.flatMap((rule) => harmOf(rule, prefix)),
    missing: wanted.filter((one) => !rules.some((rule) => removes(rule) && one.prefix.startsWith(rule.prefix))),
  };
}

function harmOf(rule: LifecycleRule, prefix: string): string[] {
  const [runs, budgets] = wantedRules(prefix);
  const harm: string[] = [];
  const reached = (names: readonly string[]) => names.filter((name) => overlap(rule.prefix, `${prefix}${name}`));
  const limit = `limit it to ${runs.prefix} (${runs.days} days or more) and ${budgets.prefix} (${budgets.days} or more)`;
  const forever = reached(FOREVER);
  if (removes(rule) && forever.length > 0) {
    harm.push(
      `${ruleText(rule)} removes ${scopeText(rule)} ${whenText(rule)}, and so of the ledger ${forever.map((name) => prefix + name).join(', ')}: ${FOREVER_TEXT} are forgotten; ${limit}`,
    );
  }
  if (isSooner(rule, runs)) {
    harm.push(
      `${ruleText(rule)} removes ${scopeText(rule)} ${whenText(rule)}: runs are forgotten then, and an event that comes again makes a second task; let it keep ${runs.prefix} for ${runs.days} days or more`,
    );
  }
  if (isSooner(rule, budgets)) {
    harm.push(
      `${ruleText(rule)} removes ${scopeText(rule)} ${whenText(rule)}: what jobs have spent of their limit is forgotten then; let it keep ${budgets.prefix} for ${budgets.days} days or more`,
    );
  }
  if (rule.archives && overlap(rule.prefix, prefix)) {
    harm.push(
      `${ruleText(rule)} archives ${scopeText(rule)}: what is archived of the ledger can be neither read nor appended to; leave ${prefix || 'this bucket'} out of it`,
    );
  }
  return harm;
}

function removes({ days, date }: LifecycleRule): boolean {
  return days !== undefined || date !== undefined;
}

function isSooner(rule: LifecycleRule, { prefix, days }: WantedRule): boolean {
  return overlap(rule.prefix, prefix) && (rule.date !== undefined || (rule.days !== undefined && rule.days < days));
}

/** Is there a name that begins with both? */
function overlap(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function ruleText({ id }: LifecycleRule): string {
  return id ? `lifecycle rule ${id}` : 'a lifecycle rule';
}

function scopeText({ prefix }: LifecycleRule): string {
  return prefix === '' ? 'every object (unless it has a filter, which is not to be seen here)' : `${prefix}*`;
}

function whenText({ days, date }: LifecycleRule): string {
  return days !== undefined ? `after ${days} days` : `that was last written before ${date}`;
}
