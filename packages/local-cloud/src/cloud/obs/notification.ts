import { randomUUID } from 'node:crypto';
import type { ObjectEvent } from './object-event.ts';
import type { Dialect } from './obs-dialect.ts';
import { obsErrors } from './obs-error.ts';
import type { XmlContent } from './xml.ts';
import { checkNames, childOf, childrenOf, requiredText, textOf, type XmlElement } from './xml-reader.ts';

/** A notification of a topic (API reference obs_04_0039). */
export interface NotificationRule {
  readonly id: string;
  /** `urn:smn:<region>:<project ID>:<name>`. */
  readonly topic: string;
  /** Without `s3:`. */
  readonly events: readonly string[];
  readonly prefix?: string;
  readonly suffix?: string;
}

const MAX_VALUE_LENGTH = 1024;
const EVENTS = [
  'ObjectCreated:*',
  'ObjectCreated:Put',
  'ObjectCreated:Post',
  'ObjectCreated:Copy',
  'ObjectCreated:CompleteMultipartUpload',
  'ObjectRemoved:*',
  'ObjectRemoved:Delete',
  'ObjectRemoved:DeleteMarkerCreated',
];

/**
 * Reads a NotificationConfiguration.
 *
 * @throws {ObsError} 400 MalformedXML, InvalidArgument; 501 for functions, which are configured as triggers in FunctionGraph
 */
export function readNotification(document: XmlElement): NotificationRule[] {
  if (childrenOf(document, 'FunctionGraphConfiguration').length > 0) throw obsErrors.notImplemented();
  checkNames(document, 'TopicConfiguration');
  const rules = childrenOf(document, 'TopicConfiguration').map(readRule);
  if (new Set(rules.map(({ id }) => id)).size < rules.length)
    throw obsErrors.invalidArgument('The IDs of the configurations must be unique.');
  for (const [i, one] of rules.entries())
    if (rules.slice(i + 1).some((other) => overlap(one, other)))
      throw obsErrors.invalidArgument('The filtering rules overlap.');
  return rules;
}

function readRule(element: XmlElement): NotificationRule {
  checkNames(element, 'Id', 'Filter', 'Topic', 'Event');
  const events = childrenOf(element, 'Event').map(({ text }) => text.replace(/^s3:/, ''));
  if (events.length === 0) throw obsErrors.malformedXml();
  if (events.some((event) => !EVENTS.includes(event)))
    throw obsErrors.invalidArgument('The specified event is not supported.');
  const id = textOf(element, 'Id') || randomUUID().replaceAll('-', '');
  return { id, topic: requiredText(element, 'Topic'), events, ...readFilter(element) };
}

function readFilter(rule: XmlElement): Pick<NotificationRule, 'prefix' | 'suffix'> {
  const filter = childOf(rule, 'Filter');
  if (filter === undefined) return {};
  checkNames(filter, 'Object', 'S3Key');
  const object = childOf(filter, 'Object') ?? childOf(filter, 'S3Key');
  const found: { prefix?: string; suffix?: string } = {};
  for (const one of object === undefined ? [] : childrenOf(object, 'FilterRule')) {
    const name = requiredText(one, 'Name').toLowerCase();
    const value = requiredText(one, 'Value');
    if ((name !== 'prefix' && name !== 'suffix') || found[name] !== undefined || value.length > MAX_VALUE_LENGTH)
      throw obsErrors.invalidArgument('A filter rule must be a prefix or a suffix of at most 1024 characters.');
    found[name] = value;
  }
  return found;
}

/** Whether an event of an object could match both. */
function overlap(one: NotificationRule, other: NotificationRule): boolean {
  const [aPrefix = '', bPrefix = ''] = [one.prefix, other.prefix];
  const [aSuffix = '', bSuffix = ''] = [one.suffix, other.suffix];
  return (
    (aPrefix.startsWith(bPrefix) || bPrefix.startsWith(aPrefix)) &&
    (aSuffix.endsWith(bSuffix) || bSuffix.endsWith(aSuffix)) &&
    one.events.some((a) => other.events.some((b) => includesEvent(a, b) || includesEvent(b, a)))
  );
}

function includesEvent(wanted: string, name: string): boolean {
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : wanted === name;
}

export function notificationMatches(
  { events, prefix = '', suffix = '' }: NotificationRule,
  { eventName, key }: Pick<ObjectEvent, 'eventName' | 'key'>,
): boolean {
  return key.startsWith(prefix) && key.endsWith(suffix) && events.some((wanted) => includesEvent(wanted, eventName));
}

/** The content of a NotificationConfiguration. */
export function notificationContent(rules: readonly NotificationRule[], { scheme }: Dialect): XmlContent {
  return rules.map(({ id, topic, events, prefix, suffix }) => {
    const filters = Object.entries({ prefix, suffix }).flatMap(([name, value]) =>
      value === undefined ? [] : [['FilterRule', [['Name', name] as const, ['Value', value] as const]] as const],
    );
    return [
      'TopicConfiguration',
      [
        ['Id', id],
        ...(filters.length === 0 ? [] : [['Filter', [[scheme === 'AWS' ? 'S3Key' : 'Object', filters]]] as const]),
        ['Topic', topic],
        ...events.map((event) => ['Event', scheme === 'AWS' ? `s3:${event}` : event] as const),
      ],
    ];
  });
}
