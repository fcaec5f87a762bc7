import type { FunctionRecord, TriggerRecord, TriggerType } from './records.ts';
import { refusals } from './refusals.ts';

/** Triggers of one version (product description, "Notes and Constraints", 2025-05-14). */
const MAX_TRIGGERS = 10;

type Candidate = Pick<TriggerRecord, 'type' | 'qualifier' | 'data'>;

/**
 * Is there room for a trigger beside those that exist? One that is being deleted still takes its place.
 *
 * @throws {Refusal} another one of the same identity, a rule that overlaps, or too many
 */
export function checkConflicts(
  owner: FunctionRecord,
  candidate: Candidate,
  functions: readonly FunctionRecord[],
): void {
  const own = owner.triggers.filter(({ qualifier }) => qualifier === candidate.qualifier);
  CHECKS[candidate.type](candidate.data, {
    own: own.filter(({ type }) => type === candidate.type).map(({ data }) => data),
    all: (...types) =>
      functions.flatMap(({ triggers }) => triggers.filter(({ type }) => types.includes(type)).map(({ data }) => data)),
  });
  if (own.length >= MAX_TRIGGERS) throw refusals.tooManyTriggers();
}

type Data = Readonly<Record<string, unknown>>;

interface Others {
  /** Those of the same type and version of the function. */
  readonly own: readonly Data[];
  /** Those of these types of all functions. */
  all(...types: TriggerType[]): readonly Data[];
}

const CHECKS: Readonly<Record<TriggerType, (data: Data, others: Others) => void>> = {
  TIMER: (data, { own }) => {
    if (own.some(({ name }) => name === data['name'])) throw refusals.timerTriggerExists();
  },
  OBS: (data, { all }) => {
    const same = all('OBS').filter(({ bucket }) => bucket === data['bucket']);
    if (same.some((other) => isSameRule(other, data))) throw refusals.obsTriggerExists();
    if (same.some((other) => overlaps(other, data))) throw refusals.overlappingRule();
  },
  // A subscription of EventGrid has its name to itself in the whole project.
  EVENTGRID: (data, { all }) => {
    if (all('EVENTGRID').some((other) => other['trigger_name'] === data['trigger_name']))
      throw refusals.triggerNameTaken();
  },
  SMN: (data, { own }) => {
    if (own.some((other) => other['topic_urn'] === data['topic_urn'])) throw refusals.smnTriggerExists();
  },
  APIG: checkApi,
  DEDICATEDGATEWAY: checkApi,
};

function checkApi(data: Data, { all }: Others): void {
  const group = all('APIG', 'DEDICATEDGATEWAY').filter((other) => other['group_id'] === data['group_id']);
  if (group.some(({ name }) => name === data['name'])) throw refusals.apigTriggerExists();
  const isTaken = group.some(
    (other) =>
      normalPath(other['path']) === normalPath(data['path']) &&
      other['match_mode'] === data['match_mode'] &&
      (other['req_method'] === data['req_method'] || other['req_method'] === 'ANY' || data['req_method'] === 'ANY'),
  );
  if (isTaken) throw refusals.requestPathExists();
}

/** Parameters are alike whatever their names, and a slash at the end does not count. */
function normalPath(path: unknown): string {
  return String(path)
    .replace(/\{[^}]*\}/g, '{}')
    .replace(/(.)\/$/, '$1');
}

function isSameRule(a: Data, b: Data): boolean {
  return affix(a, 'prefix') === affix(b, 'prefix') && affix(a, 'suffix') === affix(b, 'suffix') && sharesEvent(a, b);
}

/** Is there a key that both would be told of? So it is taken to be where both prefixes and both suffixes nest. */
function overlaps(a: Data, b: Data): boolean {
  const [prefix, otherPrefix] = [affix(a, 'prefix'), affix(b, 'prefix')];
  const [suffix, otherSuffix] = [affix(a, 'suffix'), affix(b, 'suffix')];
  return (
    (prefix.startsWith(otherPrefix) || otherPrefix.startsWith(prefix)) &&
    (suffix.endsWith(otherSuffix) || otherSuffix.endsWith(suffix)) &&
    sharesEvent(a, b)
  );
}

function affix(data: Data, side: 'prefix' | 'suffix'): string {
  return typeof data[side] === 'string' ? data[side] : '';
}

function sharesEvent(a: Data, b: Data): boolean {
  const [events, others] = [a['events'] as string[], b['events'] as string[]];
  return events.some((event) => others.some((other) => covers(event, other) || covers(other, event)));
}

function covers(pattern: string, event: string): boolean {
  return pattern === event || (pattern.endsWith('*') && event.startsWith(pattern.slice(0, -1)));
}
