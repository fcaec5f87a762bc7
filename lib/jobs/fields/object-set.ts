import { addressProblem } from '../../migrations/object-address.ts';
import type { ObjectField } from '../../schema/fields.ts';
import { addProblem, type Findings, own, type Path } from '../../schema/findings.ts';
import type { ObjectSet } from '../job.ts';

const DEADLINE = '6h';

type Given = Readonly<Record<string, unknown>>;

function completeRules(given: Given, _: Given, path: Path, found: Findings): void {
  const [marker, count, quiet] = ['marker', 'count', 'quiet'].map((name) => own(given, name));
  if ([marker, count, quiet].every((one) => one === undefined)) {
    addProblem(found, path, 'must have at least one of marker, count and quiet');
  }
  if (own(given, 'manifest') === true && marker === undefined) {
    addProblem(found, [...path, 'manifest'], 'needs marker: the list of files is the content of that object');
  }
}

function setRules(given: Given, value: Given, path: Path, found: Findings): void {
  const { complete, deadlineMs } = value as Partial<ObjectSet>;
  const quietMs = complete?.quietMs;
  if (quietMs === undefined || deadlineMs === undefined || quietMs < deadlineMs) return;
  const rule = `must be shorter than deadline (${own(given, 'deadline') ?? `${DEADLINE} if absent`})`;
  addProblem(found, [...path, 'complete', 'quiet'], `${rule}: otherwise each set is given up before it is complete`);
}

/** A set of objects that starts one run. */
export const OBJECT_SET = {
  type: 'object',
  expected: 'an object with by and complete',
  needsLedger: true,
  rules: setRules,
  doc: 'Objects that belong together and start one run.',
  fields: {
    by: {
      type: 'string',
      required: true,
      max: 900,
      // Literal text with {set} once, which matches one segment or part of one.
      pattern: /^[^{}*]*\{set\}[^{}*]*\/$/,
      expected: 'a prefix such as prod/{set}/: {set} once, no other "{", "}" or "*", and "/" at the end',
      problem: (text) => addressProblem(text, 'key'),
      sample: 'prod/{set}/',
      doc: 'Prefix of the objects of a set, such as prod/{set}/.',
    },
    complete: {
      type: 'object',
      required: true,
      expected: 'an object with marker, count or quiet',
      rules: completeRules,
      schema: { minProperties: 1, dependentRequired: { manifest: ['marker'] } },
      doc: 'When a set is complete: all given conditions must hold.',
      fields: {
        marker: {
          type: 'string',
          // One segment of a key.
          pattern: /^[^/*{}]{1,255}$/,
          expected: 'the name of an object, such as _SUCCESS, without "/"',
          sample: '_SUCCESS',
          doc: 'An object of this name exists directly below the prefix. It is not one of the files.',
        },
        // The files of a task; far more than the 64 that a backup can have (reference of ListBackupFileLinks).
        count: { type: 'integer', min: 1, max: 1000, sample: 3, doc: 'There are at least this many files.' },
        quiet: { type: 'duration', property: 'quietMs', sample: '5m', doc: 'No file was added for this long.' },
        manifest: {
          type: 'boolean',
          sample: true,
          doc: "The marker's content lists the files, one name per line or as a JSON array: all of them must exist, and only they are imported. Needs marker.",
        },
      },
    },
    deadline: {
      type: 'duration',
      property: 'deadlineMs',
      default: DEADLINE,
      sample: '6h',
      doc: 'A set that is not complete after this time is reported as missed. Default: {absent}.',
    },
  },
} as const satisfies ObjectField;
