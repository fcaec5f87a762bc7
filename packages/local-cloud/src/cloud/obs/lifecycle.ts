import { randomUUID } from 'node:crypto';
import type { Dialect } from './obs-dialect.ts';
import { obsErrors } from './obs-error.ts';
import { readStorageClass, type StorageClass, storageClassName } from './storage-class.ts';
import { checkTags, readTag, type Tag, tagContent } from './tags.ts';
import type { XmlContent } from './xml.ts';
import { checkNames, childOf, childrenOf, requiredText, textOf, type XmlElement } from './xml-reader.ts';

/** When a rule acts on an object: some days after it was last written, or if it was last written before a date. */
export type LifecycleTime = { readonly days: number } | { readonly date: string };

/** A lifecycle rule of a bucket (API reference obs_04_0034). */
export interface LifecycleRule {
  readonly id: string;
  readonly prefix: string;
  /** An object must have all of them. */
  readonly tags: readonly Tag[];
  /** Whether prefix and tags came in a Filter, in which they are returned. */
  readonly hasFilter: boolean;
  readonly isEnabled: boolean;
  readonly expiration?: LifecycleTime;
  readonly transitions: readonly (LifecycleTime & { readonly storageClass: StorageClass })[];
  /** Days after a version was replaced. */
  readonly noncurrentDays?: number;
  readonly noncurrentTransitions: readonly { readonly days: number; readonly storageClass: StorageClass }[];
  /** Days after which an upload that was not completed is aborted. */
  readonly abortDays?: number;
}

const MAX_ID_LENGTH = 255;
const MAX_TAGS = 10;
const MIDNIGHT = /^\d{4}-\d\d-\d\dT00:00:00(\.0{1,3})?Z$/;

/** Reads a LifecycleConfiguration. @throws {ObsError} 400 MalformedXML, InvalidArgument, InvalidRequest */
export function readLifecycle(document: XmlElement): LifecycleRule[] {
  checkNames(document, 'Rule');
  const rules = childrenOf(document, 'Rule').map(readRule);
  if (rules.length === 0) throw obsErrors.malformedXml();
  if (new Set(rules.map(({ id }) => id)).size < rules.length)
    throw obsErrors.invalidArgument('Rule ID must be unique. Found same ID for more than one rule');
  checkOverlaps(rules);
  return rules;
}

/** A rule for a prefix excludes another rule for objects with that prefix. */
function checkOverlaps(rules: readonly LifecycleRule[]): void {
  const plain = rules.filter(({ tags }) => tags.length === 0);
  for (const [i, one] of plain.entries())
    for (const other of plain.slice(i + 1))
      if (one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix))
        throw obsErrors.invalidRequest(`Found overlapping prefixes '${one.prefix}' and '${other.prefix}'`);
}

function readRule(element: XmlElement): LifecycleRule {
  checkNames(
    element,
    'ID',
    'Prefix',
    'Filter',
    'Status',
    'Expiration',
    'Transition',
    'NoncurrentVersionExpiration',
    'NoncurrentVersionTransition',
    'AbortIncompleteMultipartUpload',
  );
  const id = textOf(element, 'ID') || randomUUID().replaceAll('-', '');
  if ([...id].length > MAX_ID_LENGTH)
    throw obsErrors.invalidArgument(`ID length should not exceed allowed limit of ${MAX_ID_LENGTH}`);
  const status = textOf(element, 'Status');
  if (status !== 'Enabled' && status !== 'Disabled') throw obsErrors.malformedXml();
  const rule = { id, ...readFilter(element), isEnabled: status === 'Enabled', ...readActions(element) };
  if (rule.abortDays !== undefined && rule.tags.length > 0)
    throw obsErrors.invalidRequest('AbortIncompleteMultipartUpload cannot be specified with tags.');
  return rule;
}

function readFilter(rule: XmlElement): Pick<LifecycleRule, 'prefix' | 'tags' | 'hasFilter'> {
  const prefix = textOf(rule, 'Prefix');
  const filter = childOf(rule, 'Filter');
  // One of them is required.
  if ((prefix === undefined) === (filter === undefined)) throw obsErrors.malformedXml();
  if (filter === undefined) return { prefix: prefix ?? '', tags: [], hasFilter: false };
  checkNames(filter, 'Prefix', 'Tag', 'And');
  if (filter.children.length > 1) throw obsErrors.malformedXml();
  const and = childOf(filter, 'And');
  const inner = and ?? filter;
  checkNames(inner, 'Prefix', 'Tag');
  if (and?.children.length === 0) throw obsErrors.malformedXml();
  const tags = checkTags(childrenOf(inner, 'Tag').map(readTag), MAX_TAGS);
  return { prefix: textOf(inner, 'Prefix') ?? '', tags, hasFilter: true };
}

type Actions = Pick<
  LifecycleRule,
  'expiration' | 'transitions' | 'noncurrentDays' | 'noncurrentTransitions' | 'abortDays'
>;

function readActions(rule: XmlElement): Actions {
  const [expiration, noncurrent, abort] = (
    [
      ['Expiration', 'Date', 'Days'],
      ['NoncurrentVersionExpiration', 'NoncurrentDays'],
      ['AbortIncompleteMultipartUpload', 'DaysAfterInitiation'],
    ] as const
  ).map(([name, ...fields]) => {
    const action = childOf(rule, name);
    if (action !== undefined) checkNames(action, ...fields);
    return action;
  });
  const transitions = childrenOf(rule, 'Transition').map((element) => {
    checkNames(element, 'Date', 'Days', 'StorageClass');
    return { ...readTime(element), storageClass: readTarget(element) };
  });
  const noncurrentTransitions = childrenOf(rule, 'NoncurrentVersionTransition').map((element) => {
    checkNames(element, 'NoncurrentDays', 'StorageClass');
    return { days: readDays(requiredText(element, 'NoncurrentDays')), storageClass: readTarget(element) };
  });
  if (transitions.length + noncurrentTransitions.length === 0 && !expiration && !noncurrent && !abort)
    throw obsErrors.invalidRequest('At least one action needs to be specified in a rule.');
  return {
    ...(expiration === undefined ? {} : { expiration: readTime(expiration) }),
    transitions,
    ...(noncurrent === undefined ? {} : { noncurrentDays: readDays(requiredText(noncurrent, 'NoncurrentDays')) }),
    noncurrentTransitions,
    ...(abort === undefined ? {} : { abortDays: readDays(requiredText(abort, 'DaysAfterInitiation')) }),
  };
}

function readTime(element: XmlElement): LifecycleTime {
  const days = textOf(element, 'Days');
  const date = textOf(element, 'Date');
  if ((days === undefined) === (date === undefined)) throw obsErrors.malformedXml();
  if (days !== undefined) return { days: readDays(days) };
  if (date === undefined || !MIDNIGHT.test(date) || Number.isNaN(Date.parse(date)))
    throw obsErrors.invalidArgument("'Date' must be at midnight GMT");
  return { date };
}

function readDays(text: string): number {
  if (!/^-?\d{1,9}$/.test(text.trim())) throw obsErrors.malformedXml();
  const days = Number(text);
  if (days < 1) throw obsErrors.invalidArgument('Days must be a positive integer');
  return days;
}

function readTarget(element: XmlElement): StorageClass {
  const storageClass = readStorageClass(requiredText(element, 'StorageClass'));
  if (storageClass === undefined || storageClass === 'STANDARD') throw obsErrors.malformedXml();
  return storageClass;
}

/** The content of a LifecycleConfiguration. */
export function lifecycleContent(rules: readonly LifecycleRule[], dialect: Dialect): XmlContent {
  return rules.map((rule) => ['Rule', ruleContent(rule, dialect)]);
}

function ruleContent(rule: LifecycleRule, dialect: Dialect): XmlContent {
  const { id, isEnabled, expiration, transitions, noncurrentDays, noncurrentTransitions, abortDays } = rule;
  return [
    ['ID', id],
    filterItem(rule),
    ['Status', isEnabled ? 'Enabled' : 'Disabled'],
    ...transitions.map(
      (one) => ['Transition', [timeItem(one), ['StorageClass', storageClassName(one.storageClass, dialect)]]] as const,
    ),
    ...(expiration === undefined ? [] : [['Expiration', [timeItem(expiration)]] as const]),
    ...noncurrentTransitions.map(
      ({ days, storageClass }) =>
        [
          'NoncurrentVersionTransition',
          [
            ['NoncurrentDays', days],
            ['StorageClass', storageClassName(storageClass, dialect)],
          ],
        ] as const,
    ),
    ...(noncurrentDays === undefined
      ? []
      : [['NoncurrentVersionExpiration', [['NoncurrentDays', noncurrentDays]]] as const]),
    ...(abortDays === undefined
      ? []
      : [['AbortIncompleteMultipartUpload', [['DaysAfterInitiation', abortDays]]] as const]),
  ];
}

function filterItem({ prefix, tags, hasFilter }: LifecycleRule): XmlContent[number] {
  if (!hasFilter) return ['Prefix', prefix];
  const items: XmlContent = [
    ...(prefix === '' && tags.length > 0 ? [] : [['Prefix', prefix] as const]),
    ...tags.map((tag) => ['Tag', tagContent(tag)] as const),
  ];
  return ['Filter', items.length > 1 ? [['And', items]] : items];
}

function timeItem(time: LifecycleTime): XmlContent[number] {
  return 'days' in time ? ['Days', time.days] : ['Date', time.date];
}
