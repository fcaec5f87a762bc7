import { FAULT_KINDS, type Fault, type FaultKind } from './faults.ts';
import { ONLY_FOR, SITUATION_OPTIONS, SITUATIONS, type Situation, type Subject } from './situations.ts';

/** A fault in a region: failing calls, or a situation. */
export type RegionFault = { readonly call: Fault } | { readonly situation: Situation };

/** The options of failing calls, each as `,name=value`. */
const DETAILS: Readonly<Record<string, { readonly field: keyof Fault; readonly isNumber: boolean }>> = {
  service: { field: 'service', isNumber: false },
  times: { field: 'times', isNumber: true },
  skip: { field: 'skip', isNumber: true },
  status: { field: 'status', isNumber: true },
  code: { field: 'code', isNumber: false },
  delay_ms: { field: 'delayMs', isNumber: true },
  location: { field: 'location', isNumber: false },
};

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const FAULT_HELP = `<what>=<kind>[,<name>=<value>...]

Calls: <operation>=<kind>, for example CreateMigrationTask=error,status=503,times=2
  operation  as in the API reference; * matches any
  names      ${Object.keys(DETAILS).join(', ')}
  kinds
${Object.entries(FAULT_KINDS)
  .map(([kind, what]) => `    ${kind.padEnd(16)} ${what}`)
  .join('\n')}

Situations: for example task=hang,at=40
${Object.entries(SITUATIONS)
  .flatMap(([subject, kinds]) => [
    ...Object.entries(kinds).flatMap(([kind, what]) => [
      `  ${`${subject}=${kind}`.padEnd(20)} ${what}`,
      ...optionLines(ONLY_FOR[`${subject}=${kind}`] ?? {}),
    ]),
    ...optionLines(SITUATION_OPTIONS[subject as Subject]),
  ])
  .join('\n')}
`;

function optionLines(options: (typeof SITUATION_OPTIONS)[Subject]): string[] {
  return Object.entries(options).map(([option, { about }]) => `      ${option.padEnd(14)} ${about}`);
}

/** Parses a fault from its text form. @throws {Error} when it is invalid; the message says why */
export function parseFault(text: string): RegionFault {
  const [, what, kind, rest] = /^([^=,]+)=([^=,]+)((?:,.*)?)$/s.exec(text) ?? [];
  if (what === undefined || kind === undefined) throw new Error(`parse the fault ${text}: expected <what>=<kind>`);
  const details = (rest ?? '').split(',').slice(1);
  const names = details.map((detail) => detail.split('=')[0]);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new Error(`parse the fault ${text}: ${twice} is given twice`);
  if (isSubject(what)) return { situation: parseSituation(text, what, kind, details) };
  if (/^[a-z]/.test(what)) {
    const known = Object.keys(SITUATIONS).join(', ');
    throw new Error(
      `parse the fault ${text}: unknown ${what}; use one of ${known}, or an operation such as CreateMigrationTask`,
    );
  }
  if (!isKind(kind))
    throw new Error(`parse the fault ${text}: unknown kind ${kind}; use one of ${Object.keys(FAULT_KINDS).join(', ')}`);
  const fields = details.map((detail) => readDetail(text, detail));
  return { call: { operation: what, kind, ...Object.fromEntries(fields) } };
}

function parseSituation(text: string, subject: Subject, kind: string, details: readonly string[]): Situation {
  const kinds = Object.keys(SITUATIONS[subject]);
  if (!kinds.includes(kind))
    throw new Error(`parse the fault ${text}: unknown kind ${kind} of ${subject}; use one of ${kinds.join(', ')}`);
  const rows = { ...SITUATION_OPTIONS[subject], ...ONLY_FOR[`${subject}=${kind}`] };
  const options: Record<string, string | number> = {};
  for (const detail of details) {
    const at = detail.indexOf('=');
    const [option, value] = [detail.slice(0, Math.max(at, 0)), detail.slice(at + 1)];
    const row = Object.hasOwn(rows, option) ? rows[option] : undefined;
    if (row === undefined || value === '')
      throw new Error(
        `parse the fault ${text}: expected one of ${Object.keys(rows).join(', ')} with a value, got ${detail}`,
      );
    const read = readOption(row.type, value);
    if (typeof read === 'object')
      throw new Error(`parse the fault ${text}: ${option} must be ${read.expected}, got ${value}`);
    options[option] = read;
  }
  const missing = Object.entries(rows).find(([option, row]) => row.isRequired && options[option] === undefined);
  if (missing) throw new Error(`parse the fault ${text}: needs ${missing[0]}: ${missing[1].about}`);
  return { subject, kind, options };
}

function readOption(
  type: (typeof SITUATION_OPTIONS)[Subject][string]['type'],
  value: string,
): string | number | { readonly expected: string } {
  if (type === 'text') return value;
  if (typeof type === 'object') return type.includes(value) ? value : { expected: `one of ${type.join(', ')}` };
  if (type === 'duration') {
    const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
    return number === undefined
      ? { expected: 'a duration such as 90s, 10m or 4h' }
      : Number(number) * (UNITS_MS[unit] ?? 0);
  }
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (type === 'percent') return number <= 99 ? number : { expected: 'a percentage from 0 to 99' };
  if (type === 'factor') return number >= 2 && number <= 1_000 ? number : { expected: 'a number from 2 to 1000' };
  return number >= 1 ? number : { expected: 'a number from 1' };
}

function readDetail(text: string, detail: string): [string, string | number] {
  const [name = '', ...values] = detail.split('=');
  const value = values.join('=');
  const known = Object.hasOwn(DETAILS, name) ? DETAILS[name] : undefined;
  if (known === undefined || value === '')
    throw new Error(
      `parse the fault ${text}: expected one of ${Object.keys(DETAILS).join(', ')} with a value, got ${detail}`,
    );
  if (!known.isNumber) return [known.field, value];
  if (!/^\d{1,9}$/.test(value)) throw new Error(`parse the fault ${text}: ${name} must be a number, got ${value}`);
  return [known.field, Number(value)];
}

function isKind(text: string): text is FaultKind {
  return Object.hasOwn(FAULT_KINDS, text);
}

function isSubject(text: string): text is Subject {
  return Object.hasOwn(SITUATIONS, text);
}
