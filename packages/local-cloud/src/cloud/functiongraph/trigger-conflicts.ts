import { errors } from './errors.ts';
import type { FunctionRecord, TriggerRecord, TriggerType } from './records.ts';

/** Maximum number of triggers per version (product description, "Notes and Constraints", 2025-05-14). */
const MAX_TRIGGERS = 10;

type Candidate = Pick<TriggerRecord, 'type' | 'qualifier' | 'data'>;

/**
 * Checks that a new trigger does not conflict with existing ones. A trigger that is being deleted still counts.
 *
 * @throws {ServiceError} when the same trigger exists, a rule overlaps, or there are too many triggers
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
  if (own.length >= MAX_TRIGGERS) throw errors.tooManyTriggers();
}

type Data = Readonly<Record<string, unknown>>;

interface OtherTriggers {
  /** Triggers with the same type and version of the function. */
  readonly own: readonly Data[];
  /** Triggers with these types in all functions. */
  all(...types: TriggerType[]): readonly Data[];
}

const CHECKS: Readonly<Record<TriggerType, (data: Data, others: OtherTriggers) => void>> = {
  TIMER: (data, { own }) => {
    if (own.some(({ name }) => name === data['name'])) throw errors.timerTriggerExists();
  },
  OBS: (data, { all }) => {
    const same = all('OBS').filter(({ bucket }) => bucket === data['bucket']);
    if (same.some((other) => isSameRule(other, data))) throw errors.obsTriggerExists();
    if (same.some((other) => overlaps(other, data))) throw errors.overlappingRule();
  },
  // The name of an EventGrid subscription is unique in the project.
  EVENTGRID: (data, { all }) => {
    if (all('EVENTGRID').some((other) => other['trigger_name'] === data['trigger_name']))
      throw errors.triggerNameTaken();
  },
  SMN: (data, { own }) => {
    if (own.some((other) => other['topic_urn'] === data['topic_urn'])) throw errors.smnTriggerExists();
  },
  APIG: checkApi,
  DEDICATEDGATEWAY: checkApi,
};

function checkApi(data: Data, { all }: OtherTriggers): void {
  const group = all('APIG', 'DEDICATEDGATEWAY').filter((other) => other['group_id'] === data['group_id']);
  if (group.some(({ name }) => name === data['name'])) throw errors.apigTriggerExists();
  const isTaken = group.some(
    (other) =>
      normalPath(other['path']) === normalPath(data['path']) &&
      other['match_mode'] === data['match_mode'] &&
      (other['req_method'] === data['req_method'] || other['req_method'] === 'ANY' || data['req_method'] === 'ANY'),
  );
  if (isTaken) throw errors.requestPathExists();
}

/** Parameter names and a trailing slash are ignored. */
function normalPath(path: unknown): string {
  return String(path)
    .replace(/\{[^}]*\}/g, '{}')
    .replace(/(.)\/$/, '$1');
}

function isSameRule(a: Data, b: Data): boolean {
  return affix(a, 'prefix') === affix(b, 'prefix') && affix(a, 'suffix') === affix(b, 'suffix') && sharesEvent(a, b);
}

/** Whether both rules could match the same key: assumed when both prefixes and both suffixes nest. */
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
