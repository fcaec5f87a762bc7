import { FAULT_KINDS, type Fault, type FaultKind } from './faults.ts';

/** The options after the kind, each as `,name=value`. */
const DETAILS: Readonly<Record<string, { readonly field: keyof Fault; readonly isNumber: boolean }>> = {
  service: { field: 'service', isNumber: false },
  times: { field: 'times', isNumber: true },
  skip: { field: 'skip', isNumber: true },
  status: { field: 'status', isNumber: true },
  code: { field: 'code', isNumber: false },
  delay_ms: { field: 'delayMs', isNumber: true },
  location: { field: 'location', isNumber: false },
};

export const FAULT_HELP = `<operation>=<kind>[,<name>=<value>...], for example CreateMigrationTask=error,status=503,times=2
  operation  as in the API reference; * matches any
  names      ${Object.keys(DETAILS).join(', ')}
  kinds
${Object.entries(FAULT_KINDS)
  .map(([kind, what]) => `    ${kind.padEnd(16)} ${what}`)
  .join('\n')}
`;

/** Parses a fault from its command-line form. @throws {Error} when it is invalid; the message says why */
export function parseFault(text: string): Fault {
  const [, operation, kind, rest] = /^([^=,]+)=([^=,]+)((?:,.*)?)$/.exec(text) ?? [];
  if (operation === undefined || kind === undefined)
    throw new Error(`parse the fault ${text}: expected <operation>=<kind>`);
  if (!isKind(kind))
    throw new Error(`parse the fault ${text}: unknown kind ${kind}; use one of ${Object.keys(FAULT_KINDS).join(', ')}`);
  const details = (rest ?? '')
    .split(',')
    .slice(1)
    .map((detail) => readDetail(text, detail));
  return { operation, kind, ...Object.fromEntries(details) };
}

function readDetail(text: string, detail: string): [string, string | number] {
  const [name = '', ...values] = detail.split('=');
  const value = values.join('=');
  const known = DETAILS[name];
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
