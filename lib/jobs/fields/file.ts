import { REGION } from '../../kernel/region.ts';
import { describeValue } from '../../schema/describe-value.ts';
import type { FieldTable } from '../../schema/fields.ts';
import { didYouMean } from '../../schema/suggest.ts';
import type { LedgerSettings } from '../job.ts';
import { REGIONS } from '../regions.ts';
import { TIME_ZONE, timeZoneProblem } from '../time-zone.ts';
import { BUCKET } from './bucket.ts';

/** OBS: a key has at most 1024 bytes, and the ledger needs 800 for the names below the prefix. */
const MAX_LEDGER_PREFIX_LENGTH = 200;

function regionProblem(text: string): string | undefined {
  if (REGION.test(text)) return undefined;
  const message = `must be the id of a region such as ap-southeast-3, received ${describeValue(text)}`;
  return `${message}${didYouMean(text, Object.keys(REGIONS))}`;
}

function zoneProblem(text: string): string | undefined {
  const problem = timeZoneProblem(text);
  if (!problem) return undefined;
  const { given, write } = problem;
  const received = describeValue(text);
  return given === undefined
    ? `must be a time zone such as ${write}, received ${received}`
    : `must be a time zone, received ${received}: ${given}; write ${write}`;
}

/**
 * A namespace of Cloud Eye that is also the source of its events: `service.item`, at most 32 characters, each part of at least 3 letters, digits and
 * `_` and starting with a letter (Adding Monitoring Data, Reporting Events, 2025). Namespaces of the cloud itself are refused.
 */
const NAMESPACE =
  /^(?!(?:SYS|AGT|SRE)\.|SERVICE\.BMS$)(?=.{1,32}$)[A-Za-z][A-Za-z0-9_]{2,}\.[A-Za-z][A-Za-z0-9_]{2,}$/i;

/** The keys of a jobs file beside `targets` and `jobs`. */
export const FILE = {
  version: { type: 'const', required: true, value: 1, sample: 1, doc: 'Version of this format.' },
  region: {
    type: 'string',
    required: true,
    pattern: REGION,
    problem: regionProblem,
    sample: 'ap-southeast-3',
    doc: 'Region of the DCS calls, such as ap-southeast-3.',
  },
  ledger: {
    type: 'object',
    expected: 'an object with obs',
    doc: "The durable record of runs. Without it, the cloud's own lists of tasks are the only record.",
    fields: {
      obs: {
        type: 'object',
        required: true,
        expected: 'an object with bucket and prefix',
        doc: 'Where it is stored.',
        fields: {
          bucket: { ...BUCKET, sample: 'ops-ledger' },
          prefix: {
            type: 'string',
            required: true,
            max: MAX_LEDGER_PREFIX_LENGTH,
            // Segments that need no escaping in a URL, an event or a listing. Never `.` or `..`, which clients treat as folders.
            pattern: /^(?:(?!\.{1,2}(?:\/|$))[A-Za-z0-9_.-]+(?:\/|$))+$/,
            expected: `a prefix such as migrations/ (1 to ${MAX_LEDGER_PREFIX_LENGTH} letters, digits, "_", "." or "-", in segments separated by "/", not starting with "/")`,
            sample: 'migrations/',
            doc: 'The prefix of all keys of the ledger, such as migrations/. Objects below it start no jobs. Use one prefix per region, project and stage.',
          },
        },
      },
    },
  },
  cloud_eye: {
    type: 'object',
    property: 'cloudEye',
    expected: 'an object with namespace',
    doc: 'Report events and metrics to Cloud Eye (CES). Default: nothing is reported there.',
    fields: {
      namespace: {
        type: 'string',
        required: true,
        pattern: NAMESPACE,
        expected:
          'a namespace such as MIGRATIONS.PROD (two names of at least 3 letters, digits or "_", each starting with a letter, separated by ".", at most 32 characters together; the first is not SYS, AGT or SRE)',
        sample: 'MIGRATIONS.PROD',
        doc: 'The namespace of the metrics, and the source of the events.',
      },
    },
  },
  settle_seconds: {
    type: 'integer',
    property: 'settleSeconds',
    default: 60,
    min: 1,
    max: 3600,
    sample: 120,
    doc: 'How long a created task may take to appear in a list. Default: {absent}.',
  },
  time_zone: {
    type: 'string',
    property: 'timeZone',
    pattern: TIME_ZONE,
    problem: zoneProblem,
    sample: 'Europe/Berlin',
    doc: 'The time zone of {{ time.date }}, such as Europe/Berlin.',
  },
} as const satisfies FieldTable;

/** The settings of the ledger. `undefined` when it is absent or has problems. */
export function usableLedger(checked: Partial<LedgerSettings> | undefined): LedgerSettings | undefined {
  const { bucket, prefix } = checked?.obs ?? {};
  if (bucket === undefined || prefix === undefined) return undefined;
  return { obs: { bucket, prefix: prefix.endsWith('/') ? prefix : `${prefix}/` } };
}
