import { BUCKET } from '../../jobs/fields/bucket.ts';
import { DCS_ID } from '../../kernel/dcs-id.ts';
import { REGION } from '../../kernel/region.ts';
import { TOPIC_URN } from '../../kernel/topic-urn.ts';
import { sameInstance } from '../../migrations/same-instance.ts';

/** The use cases. */
export const USES = {
  backup: 'a backup lands in a bucket and is imported',
  schedule: 'an instance is refreshed every night from the newest backup of another',
  request: 'a pipeline requests an import',
  online: 'data is migrated online from another Redis, on request',
  servers: 'a server is migrated, on request',
} as const;

export type Use = keyof typeof USES;

/** The answers so far. Those that do not apply are absent; `none` means no ledger or no topic. */
export type Answers = Readonly<Partial<Record<QuestionName, string>>>;

export type QuestionName =
  | 'region'
  | 'use'
  | 'bucket'
  | 'instance'
  | 'sourceInstance'
  | 'sourceAddress'
  | 'vpc'
  | 'subnet'
  | 'securityGroup'
  | 'sourceServer'
  | 'template'
  | 'ledger'
  | 'notify'
  | 'agency';

export interface Question {
  /** In commander's syntax. */
  readonly flag: string;
  readonly text: string;
  /** The default. For ids, a placeholder that the file marks FILL IN. */
  readonly fallback: string;
  /** Does it apply, given the previous answers? Absent: always. */
  readonly isNeeded?: (before: Answers) => boolean;
  /** What is wrong with an answer; `undefined` if it is valid. */
  readonly problem: (answer: string, before: Answers) => string | undefined;
}

const placeholder = (number: number) => `00000000-0000-0000-0000-00000000000${number}`;

const ID = /^[A-Za-z0-9][A-Za-z0-9-]{7,63}$/;
const ADDRESS = /^[A-Za-z0-9.-]{1,253}:[0-9]{1,5}$/;
const AGENCY = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** The uses that an answer lists; empty if one is unknown. */
export function usesOf({ use = '' }: Answers): readonly Use[] {
  const given = use.split(',').map((name) => name.trim());
  const known = Object.keys(USES) as Use[];
  return given.every((name) => known.includes(name as Use)) ? known.filter((name) => given.includes(name)) : [];
}

const isFor =
  (...uses: readonly Use[]) =>
  (before: Answers) =>
    usesOf(before).some((use) => uses.includes(use));
const must = (pattern: RegExp, what: string) => (answer: string) =>
  pattern.test(answer) ? undefined : `is not ${what}`;
const instanceId = must(DCS_ID, 'the id of a DCS instance, such as d2c8399f-bdba-43c1-8069-3ff17a1a79d5');
const bucketName = must(BUCKET.pattern, 'a bucket name: 3 to 63 lower-case letters, digits, "-" or "."');
const anyId = (what: string) => must(ID, `the id of a ${what}: 8 to 64 letters, digits or "-"`);

function ledgerProblem(answer: string, { bucket }: Answers): string | undefined {
  if (answer === 'none') return undefined;
  if (answer.includes('.')) return 'contains a dot: the ledger needs a bucket without a dot in its name';
  if (answer === bucket) return 'is the bucket of the backups: the ledger needs its own';
  return bucketName(answer);
}

function topicProblem(answer: string, { region }: Answers): string | undefined {
  if (answer === 'none') return undefined;
  if (!TOPIC_URN.test(answer)) return 'is not a topic URN: urn:smn:<region>:<project id>:<name>';
  return answer.split(':')[2] === region
    ? undefined
    : `is not in ${region}: a topic can only be reached in its own region`;
}

/** In the order in which they are asked. */
export const QUESTIONS: Readonly<Record<QuestionName, Question>> = {
  region: {
    flag: '--region <id>',
    text: 'Region of the instances, buckets and functions?',
    fallback: 'ap-southeast-3',
    problem: must(REGION, 'a region id, such as ap-southeast-3'),
  },
  use: {
    flag: '--use <list>',
    text: `Use cases? One or more, separated by commas: ${Object.entries(USES)
      .map(([name, what]) => `${name} (${what})`)
      .join(', ')}`,
    fallback: 'backup',
    problem: (answer) =>
      usesOf({ use: answer }).length > 0 ? undefined : `is not a list of ${Object.keys(USES).join(', ')}`,
  },
  bucket: {
    flag: '--bucket <name>',
    text: 'OBS bucket of the backups?',
    fallback: 'redis-backups',
    isNeeded: isFor('backup'),
    problem: bucketName,
  },
  instance: {
    flag: '--instance <id>',
    text: 'Id of the DCS instance that receives the data?',
    fallback: placeholder(1),
    isNeeded: isFor('backup', 'schedule', 'request', 'online'),
    problem: instanceId,
  },
  sourceInstance: {
    flag: '--source-instance <id>',
    text: 'Id of the DCS instance whose newest backup is imported every night?',
    fallback: placeholder(2),
    isNeeded: isFor('schedule'),
    problem: (answer, { instance }) =>
      sameInstance(answer, instance, new Map()) ? 'is the instance that receives the data' : instanceId(answer),
  },
  sourceAddress: {
    flag: '--source-address <host:port>',
    text: 'Address of the Redis to migrate from, host:port?',
    fallback: '192.168.0.10:6379',
    isNeeded: isFor('online'),
    problem: must(ADDRESS, 'an address, such as 192.168.0.10:6379'),
  },
  vpc: {
    flag: '--vpc <id>',
    text: 'Id of the VPC for the migration machine?',
    fallback: placeholder(3),
    isNeeded: isFor('online'),
    problem: anyId('VPC'),
  },
  subnet: {
    flag: '--subnet <id>',
    text: 'Network id of its subnet?',
    fallback: placeholder(4),
    isNeeded: isFor('online'),
    problem: anyId('subnet'),
  },
  securityGroup: {
    flag: '--security-group <id>',
    text: 'Id of its security group, which must allow traffic to both sides?',
    fallback: placeholder(5),
    isNeeded: isFor('online'),
    problem: anyId('security group'),
  },
  sourceServer: {
    flag: '--source-server <id>',
    text: 'Id of the source server in SMS?',
    fallback: placeholder(6),
    isNeeded: isFor('servers'),
    problem: anyId('source server'),
  },
  template: {
    flag: '--template <id>',
    text: 'Id of the SMS template to create the target from?',
    fallback: placeholder(7),
    isNeeded: isFor('servers'),
    problem: anyId('template'),
  },
  ledger: {
    flag: '--ledger <bucket>',
    text: 'OBS bucket for the ledger, which records every run (none: no ledger)?',
    fallback: 'ops-ledger',
    problem: ledgerProblem,
  },
  notify: {
    flag: '--notify <urn>',
    text: 'URN of an SMN topic for notifications about runs (none: no notifications)?',
    fallback: 'none',
    isNeeded: ({ ledger }) => ledger !== 'none',
    problem: topicProblem,
  },
  agency: {
    flag: '--agency <name>',
    text: 'Agency of the functions, which gives them their keys?',
    fallback: 'migration-functions',
    problem: must(AGENCY, 'an agency name: 1 to 64 letters, digits, "_" or "-", starting with a letter'),
  },
};
