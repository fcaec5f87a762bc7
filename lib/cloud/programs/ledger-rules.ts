/** An enabled lifecycle rule, as far as it concerns current objects. A ledger has no multipart uploads and no noncurrent versions. */
export interface LifecycleRule {
  /** Empty for every object, or for those that match a filter, which the SDK does not return. */
  readonly prefix: string;
  readonly id?: string;
  /** Removes objects this many days after they were last written. */
  readonly days?: number;
  /** Removes objects that were last written before this date. */
  readonly date?: string;
  /** Moves objects to a storage class that cannot be read immediately or appended to. */
  readonly archives?: true;
}

/** Objects of a ledger that its bucket should remove, and when. */
export interface ExpiryRule {
  readonly prefix: string;
  readonly days: number;
}

/** The name of a rule in its bucket. */
export function expiryRuleId({ days }: ExpiryRule): string {
  return `migration-functions-ledger-${days}`;
}

/** How long settled runs are kept; during this time one occurrence makes one task (docs/guarantees.md). */
const RUN_DAYS = 400;
/** How long the budget of a job is kept: twice the longest `limit.per` (30 days), plus two days for clocks and the rule itself. */
const BUDGET_DAYS = 62;
/** Lists that must never expire: in many of them an old last record is still current. */
const NEVER_EXPIRE = [
  'control/',
  'lanes/target/',
  'open-sets/',
  'open-unreadable/',
  'open/',
  'sets/',
  'sweeps/',
] as const;
const NEVER_EXPIRE_TEXT = 'pauses, sets, sweeps, target lanes and open runs';

/** The rules that the bucket of a ledger should have. */
export function requiredRules(prefix: string): readonly [runs: ExpiryRule, budgets: ExpiryRule] {
  return [
    { prefix: `${prefix}runs/`, days: RUN_DAYS },
    { prefix: `${prefix}lanes/job/`, days: BUDGET_DAYS },
  ];
}

/** The effect of a bucket's rules on a ledger. */
export interface RulesReport {
  /** Messages about rules that remove what the ledger needs; each names the rule and says what to do. */
  readonly harmful: readonly string[];
  /** Rules that are missing, without which the ledger grows forever. */
  readonly missing: readonly ExpiryRule[];
}

/** Checks the rules of a bucket for the ledger under a prefix. */
export function checkLedgerRules(rules: readonly LifecycleRule[], prefix: string): RulesReport {
  const wanted = requiredRules(prefix);
  return {
    harmful: rules.flatMap((rule) => harmfulEffects(rule, prefix)),
    missing: wanted.filter((one) => !rules.some((rule) => removes(rule) && one.prefix.startsWith(rule.prefix))),
  };
}

function harmfulEffects(rule: LifecycleRule, prefix: string): string[] {
  const [runs, budgets] = requiredRules(prefix);
  const harm: string[] = [];
  const reached = (names: readonly string[]) => names.filter((name) => overlap(rule.prefix, `${prefix}${name}`));
  const limit = `limit it to ${runs.prefix} (${runs.days} days or more) and ${budgets.prefix} (${budgets.days} or more)`;
  const forever = reached(NEVER_EXPIRE);
  if (removes(rule) && forever.length > 0) {
    harm.push(
      `${ruleText(rule)} removes ${scopeText(rule)} ${whenText(rule)}, including the ledger's ${forever.map((name) => prefix + name).join(', ')}: ${NEVER_EXPIRE_TEXT} would be lost; ${limit}`,
    );
  }
  if (expiresTooSoon(rule, runs)) {
    harm.push(
      `${ruleText(rule)} removes ${scopeText(rule)} ${whenText(rule)}: runs are then forgotten, and a redelivered event makes a second task; keep ${runs.prefix} for ${runs.days} days or more`,
    );
  }
  if (expiresTooSoon(rule, budgets)) {
    harm.push(
      `${ruleText(rule)} removes ${scopeText(rule)} ${whenText(rule)}: the usage counted against job limits is then forgotten; keep ${budgets.prefix} for ${budgets.days} days or more`,
    );
  }
  if (rule.archives && overlap(rule.prefix, prefix)) {
    harm.push(
      `${ruleText(rule)} archives ${scopeText(rule)}: archived objects of the ledger can be neither read nor appended to; exclude ${prefix || 'this bucket'} from the rule`,
    );
  }
  return harm;
}

function removes({ days, date }: LifecycleRule): boolean {
  return days !== undefined || date !== undefined;
}

function expiresTooSoon(rule: LifecycleRule, { prefix, days }: ExpiryRule): boolean {
  return overlap(rule.prefix, prefix) && (rule.date !== undefined || (rule.days !== undefined && rule.days < days));
}

/** Whether a name can start with both. */
function overlap(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function ruleText({ id }: LifecycleRule): string {
  return id ? `lifecycle rule ${id}` : 'a lifecycle rule';
}

function scopeText({ prefix }: LifecycleRule): string {
  return prefix === '' ? 'every object (unless the rule has a filter, which is not visible here)' : `${prefix}*`;
}

function whenText({ days, date }: LifecycleRule): string {
  return days !== undefined ? `after ${days} days` : `last written before ${date}`;
}
