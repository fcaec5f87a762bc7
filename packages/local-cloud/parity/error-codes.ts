import { readdirSync, readFileSync } from 'node:fs';
import type { ServiceName } from '../src/cloud/operation.ts';

export interface ErrorCode {
  readonly code: string;
  /** None for a code of a task, which is part of a response. */
  readonly statuses: readonly number[];
  readonly source: string;
  /** Not in an official table. */
  readonly isOpen: boolean;
}

interface CodeSource {
  readonly codes: RegExp;
  readonly source: string;
  readonly isOpen?: boolean;
}

/** For each service the sources of its codes; the first that matches counts. */
const SOURCES: Readonly<Record<ServiceName | 'gateway', readonly CodeSource[]>> = {
  DCS: [
    { codes: /^DCS\.4133$/, source: "not in the table; live calls of Terraform's acceptance tests", isOpen: true },
    { codes: /^DCS\./, source: 'DCS API reference, appendix "Error Codes"' },
  ],
  SMS: [
    { codes: /^SMS\.(0\d{3}|900[14])$/, source: 'SMS API reference, "Error Codes"' },
    { codes: /^SMS\./, source: 'not in the table; field reports, Terraform pull request 3325', isOpen: true },
    { codes: /^Common\./, source: 'field reports', isOpen: true },
  ],
  FunctionGraph: [{ codes: /^FSS\./, source: 'FunctionGraph API reference, "Error Codes"' }],
  IAM: [{ codes: /^(IAM\.)?\d+/, source: 'IAM API reference, "Error Codes"' }],
  SMN: [{ codes: /^SMN\./, source: 'SMN API reference, smn_api_64000' }],
  CES: [{ codes: /^ces\./, source: 'CES API reference, "Error Codes"' }],
  CSMS: [
    { codes: /^CSMS\.(0001|0403)$/, source: 'not in the table, which has no code for it', isOpen: true },
    { codes: /^CSMS\./, source: 'DEW API reference, ErrorCode' },
  ],
  ECS: [{ codes: /^(Ecs|Common)\./, source: 'ECS API reference, "Error Codes"' }],
  OBS: [{ codes: /^[A-Z][A-Za-z]+$/, source: 'OBS API reference, obs_04_0115' }],
  gateway: [{ codes: /^APIGW\./, source: 'API Request Signing Guide, api-sign-errorcode' }],
};

/** Codes that are looked up by the field or the state are sent with 400; those of tasks are part of a response. */
const TASK_CODE = /^SMS\.0/;
const WITH_STATUS = /\(\s*(\d{3}),\s*'([A-Za-z]+\.\d{4})'/g;
const OBS_WITH_STATUS = /ObsError\(\s*(\d{3}),\s*'([A-Za-z]+)'/g;
const ANY = /'((?:DCS|SMS|FSS|IAM|SMN|CSMS|Ecs|ces|Common|APIGW)\.\d{4})'/g;

/** The error codes in the sources of a service, or of what all services share. */
export function errorCodes(owner: ServiceName | 'gateway'): ErrorCode[] {
  const text = sourcesOf(owner);
  const statuses = new Map<string, Set<number>>();
  for (const [, code = ''] of text.matchAll(ANY)) statuses.set(code, new Set());
  for (const [, status, code = ''] of text.matchAll(owner === 'OBS' ? OBS_WITH_STATUS : WITH_STATUS))
    statuses.set(code, (statuses.get(code) ?? new Set()).add(Number(status)));
  return [...statuses]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([code, found]) => {
      const known = SOURCES[owner].find(({ codes }) => codes.test(code));
      if (known === undefined) return [];
      const statuses = found.size === 0 && !TASK_CODE.test(code) ? [400] : [...found].sort();
      return { code, statuses, source: known.source, isOpen: known.isOpen === true };
    });
}

function sourcesOf(owner: ServiceName | 'gateway'): string {
  const folder = new URL(
    owner === 'gateway' ? '../src/cloud/' : `../src/cloud/${owner.toLowerCase()}/`,
    import.meta.url,
  );
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
}
